"""Updates leave by the mailings' runner; this is where it learns how they are made."""

from . import source

__all__ = ["source"]
