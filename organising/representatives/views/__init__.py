"""Pages about representatives: the list, its search, the salutations that people check."""

from organising.representatives.views import people, postcodes  # noqa: F401 (it adds routes)
from organising.representatives.views.blueprint import blueprint

__all__ = ["blueprint"]
