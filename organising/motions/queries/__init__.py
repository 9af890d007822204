"""Named reads of motions."""
