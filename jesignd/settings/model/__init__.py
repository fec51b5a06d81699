"""Model: the configuration file, part by part, as pydantic types with their French documentation."""
