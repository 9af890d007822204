"""What is done about a request. Each takes the actor, and commits nothing."""
