"""What people fill in about motions and model texts."""
