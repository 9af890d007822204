"""Running an installation: keys, backups, whether it is well, and what goes when."""
