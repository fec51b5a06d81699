"""Jobs: the engine that keeps promises, and the ticks that look for what is due."""
