"""The command itself, under the name that `organising.cli` looks for."""

from .backup_cli import restore as command

__all__ = ["command"]
