"""Mail: what is written to people, and how it leaves; French first, English second, plain text and simple HTML."""
