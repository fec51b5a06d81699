"""Transports: how a sealed file reaches the place it is wanted at; one module for each kind of place."""
