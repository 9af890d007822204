"""Pages of operations: what is kept how long, the work in the background."""

from . import background, retention
from .blueprint import blueprint

__all__ = ["background", "blueprint", "retention"]
