"""Daemon: joins the rooms; start, stop, signals, readiness."""
