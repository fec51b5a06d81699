"""Intake: how a file that somebody else writes becomes ours, exactly once."""
