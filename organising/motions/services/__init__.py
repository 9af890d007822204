"""What is done with motions."""
