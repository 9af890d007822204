"""What partners agreed to about people's data, and what the runtime makes of it: read and obeyed by every later domain."""
