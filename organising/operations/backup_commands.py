"""The command itself, under the name that `organising.cli` looks for."""

from .backup_cli import backup as command

__all__ = ["command"]
