"""What people fill in about what partners share."""
