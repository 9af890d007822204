"""Pages of motions. All addresses below /motions."""

from .blueprint import blueprint

__all__ = ["blueprint"]
