"""jesignd: seals and signs what an accounting firm's software exports, and proves it."""
