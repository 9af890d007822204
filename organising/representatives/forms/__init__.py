"""What people fill in about representatives."""

from organising.representatives.forms.people import (
    CheckedSalutationsForm,
    RepresentativeFilter,
    SalutationForm,
)

__all__ = [
    "CheckedSalutationsForm",
    "RepresentativeFilter",
    "SalutationForm",
]
