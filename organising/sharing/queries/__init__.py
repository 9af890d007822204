"""Reading what partners share of people."""
