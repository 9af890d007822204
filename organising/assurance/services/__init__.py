"""What is done here: going live, requests by authorities, breaches, leaving."""
