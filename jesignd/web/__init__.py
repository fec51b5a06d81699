"""Web: the program that listens; it holds no key, parses no PDF and loads no plugin."""
