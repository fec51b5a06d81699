"""PAdES: keys, trusted time, marks, seals, and the verifier that reads them back."""
