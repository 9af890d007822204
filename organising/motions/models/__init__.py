"""Tables of motions."""
