"""Keeping the promise, and showing that it is kept: going live, requests by authorities, breaches, transparency, leaving."""
