"""Plugins: what a connector is, how it is found, and the conventions connectors share."""
