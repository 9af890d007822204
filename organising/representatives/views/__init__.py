"""Pages about representatives: the list, its search, the salutations that people check."""

from organising.representatives.views import (  # noqa: F401 (they add routes)
    imports,
    people,
    postcodes,
    preferences,
    questions,
)
from organising.representatives.views.blueprint import blueprint

__all__ = ["blueprint"]
