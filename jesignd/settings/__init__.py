"""Settings: the one YAML file, read strictly, every fault at once with its place."""
