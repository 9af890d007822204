"""Mailings: composed, chosen, read through, signed off by another person, and sent exactly once."""
