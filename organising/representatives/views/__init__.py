"""Pages about representatives: the list, its search, the salutations that people check."""

from organising.representatives import areas_of_units  # noqa: F401 (units look areas up in it)
from organising.representatives.views import (  # noqa: F401 (they add routes)
    imports,
    people,
    postcodes,
    preferences,
    questions,
)
from organising.representatives.views.blueprint import blueprint

__all__ = ["blueprint"]
