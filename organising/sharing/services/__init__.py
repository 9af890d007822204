"""What is done with what partners share of people."""
