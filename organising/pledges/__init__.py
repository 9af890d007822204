"""Pledges: drives that anyone may sign, signatures that stay with one organisation, and a tally that all see."""
