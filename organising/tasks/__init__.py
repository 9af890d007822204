"""Tasks: what somebody of an organisation is to do, until it is done; who was told, and what one has looked at."""
