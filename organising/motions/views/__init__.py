"""Pages of motions. All addresses below /motions."""

from . import text_steps, text_writing, texts
from .blueprint import blueprint

__all__ = ["blueprint", "text_steps", "text_writing", "texts"]
