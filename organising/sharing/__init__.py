"""What partners share of people: stakeholders in public roles, introductions, and how far their circles overlap."""
