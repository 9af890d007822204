"""Pages of mail to contacts: the organisation's own in ``staff``, ``after`` and ``asking``; those of whoever gets it in
``stop``, ``preferences``, ``answering`` and ``everyone``.
"""

from . import after, answering, asking, everyone, preferences, staff, stop
from .blueprint import blueprint

__all__ = ["after", "answering", "asking", "blueprint", "everyone", "preferences", "staff", "stop"]
