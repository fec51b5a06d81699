"""Testing: what plugin authors and our own checks test with; shipped."""
