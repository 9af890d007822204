"""Backups: dumped whole, counted, encrypted, restored, rehearsed."""
