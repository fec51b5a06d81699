"""Store: the tables and the vault; the truth about every file ever seen."""
