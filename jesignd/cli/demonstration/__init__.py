"""Demonstration: the whole line on sample exports, with the real daemon and nothing that leaves this machine."""
