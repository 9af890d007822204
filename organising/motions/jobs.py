"""The clock's part in motions."""
