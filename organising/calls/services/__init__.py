"""Changing calls. Every service takes the actor first, writes history and audit log, and never commits."""
