"""What people fill in to make a sentence of their note the headline."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, TextAreaField

from organising.lobbying.forms.parts import Confirming, VersionField, choices


class PromotionForm(Confirming):
    """A sentence of the note, then the headline that it becomes. ``version`` is the contact's as shown."""

    version = VersionField()
    sentence = RadioField(_l("Which sentence?"), choices=choices([]), validate_choice=False)
    headline = TextAreaField(_l("The new headline"))
    is_agreed = BooleanField(_l("All partners will read this. It names nobody who did not agree to it."))

    def offer(self, sentences: Sequence[str]) -> None:
        """Fill the choices: sentences by their place in the note."""
        self.sentence.choices = choices(enumerate(sentences))

    def chosen(self, sentences: Sequence[str]) -> str | None:
        """The sentence that was chosen."""
        number = self.sentence.data or ""
        if not number.isdigit() or len(number) > 4 or int(number) >= len(sentences):
            return None
        return sentences[int(number)]
