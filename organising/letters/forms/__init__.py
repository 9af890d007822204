"""Forms of letters: the public's, and staff's."""

from .actions import ActionForm, AnswerForm
from .writing import LetterForm, PostcodeForm

__all__ = ["ActionForm", "AnswerForm", "LetterForm", "PostcodeForm"]
