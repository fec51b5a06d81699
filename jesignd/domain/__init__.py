"""The pure middle: decides; no I/O, no clock, no randomness, standard library only."""
