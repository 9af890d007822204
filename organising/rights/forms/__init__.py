"""Forms of the desk: the public's, and those of whoever answers."""

from .public import AskForm
from .staff import (
    ByNameForm,
    CorrectForm,
    EndForm,
    ExtendForm,
    IdentityForm,
    LinkForm,
    NameForm,
    OpenForm,
    PauseForm,
)

__all__ = [
    "AskForm",
    "ByNameForm",
    "CorrectForm",
    "EndForm",
    "ExtendForm",
    "IdentityForm",
    "LinkForm",
    "NameForm",
    "OpenForm",
    "PauseForm",
]
