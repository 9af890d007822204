"""Accounts: people who sign in, their credentials and sessions."""
