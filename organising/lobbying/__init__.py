"""Lobbying: what representatives were told, what they answered, where they stand and what comes next."""
