"""What the coordinator writes about a drive: its text, translations and questions."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # newer than its stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from ..platform.colours import parse_colour
from ..platform.errors import DomainError
from ..platform.form_parts import Boxes
from ..platform.forms import Form
from ..platform.moments import FORMATS, InstantField
from .models import QuestionKind, Told
from .queries import DriveText, Question
from .services.looks import Look
from .services.milestones import MilestoneGiven
from .services.questions import MOST_CHOICES, PLACES, QuestionGiven
from .services.translations import TextGiven
from .texts import sector_labels

LONGEST_LABEL = 160


LANGUAGES = ("cy", "es", "pt")


def lines(text: str | None) -> tuple[str, ...]:
    """The lines of a text that say something, each without spaces around it."""
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def one_line(text: str | None) -> str:
    """A text with single spaces."""
    return " ".join((text or "").split())


def paragraphs(text: str | None) -> str:
    """A text as it is kept: one kind of line end, nothing around it."""
    return "\n".join((text or "").strip().splitlines())


class DriveForm(Form):
    title = StringField(_l("Title"), [InputRequired(_l("Give the pledge a title.")), Length(max=120)])
    slug = StringField(
        _l("Short address"), [InputRequired(_l("Give the pledge a short address.")), Length(min=2, max=60)]
    )
    standfirst = TextAreaField(
        _l("Introduction"), [InputRequired(_l("Say in a sentence or two what this is.")), Length(max=500)]
    )
    wording = TextAreaField(
        _l("What people sign"), [InputRequired(_l("Write what people sign.")), Length(max=5000)]
    )
    goal = IntegerField(
        _l("Goal"),
        [Optional(), NumberRange(1, 100_000_000, _l("Enter a whole number of people, or leave it empty."))],
    )


class TranslationForm(Form):
    """The text in one language. ``version``: the English version that stood beside it; ``about`` adds the questions."""

    version = HiddenField()
    title = StringField(_l("Title"), [InputRequired(_l("Translate the title.")), Length(max=160)])
    standfirst = TextAreaField(
        _l("Introduction"), [InputRequired(_l("Translate the introduction.")), Length(max=700)]
    )
    wording = TextAreaField(
        _l("What people sign"), [InputRequired(_l("Translate what people sign.")), Length(max=7000)]
    )

    @classmethod
    def about(cls, questions: Iterable[Question]) -> type["TranslationForm"]:
        """The form with a field for each question, and one for its choices."""
        fields: dict[str, Any] = {}
        for question in questions:
            fields[label_field(question)] = StringField(
                _("The question"), [Optional(), Length(max=LONGEST_LABEL)]
            )
            if question.is_choice:
                fields[choices_field(question)] = TextAreaField(
                    _("Its choices, one a line"), [Optional(), Length(max=1500), _as_many(question)]
                )
        return type("TranslationForm", (cls,), fields)

    @property
    def given(self) -> TextGiven:
        """The checked text."""
        return TextGiven(
            one_line(self.title.data), one_line(self.standfirst.data), paragraphs(self.wording.data)
        )

    def of_question(self, question: Question) -> tuple[str, str]:
        """One question's label and choices as given."""
        choices = self[choices_field(question)].data if question.is_choice else ""
        return one_line(self[label_field(question)].data), "\n".join(lines(choices))

    def fill(self, text: DriveText | None, questions: Iterable[Question]) -> None:
        """Put in what there is already."""
        if text is not None:
            self.title.data, self.standfirst.data, self.wording.data = (
                text.title,
                text.standfirst,
                text.wording,
            )
        for question in questions:
            self[label_field(question)].data = question.label
            if question.is_choice:
                self[choices_field(question)].data = "\n".join(question.choices)


def label_field(question: Question) -> str:
    """The name of a question's field."""
    return f"label_{question.id.hex}"


def choices_field(question: Question) -> str:
    """The name of the field of a question's choices."""
    return f"choices_{question.id.hex}"


def _as_many(question: Question) -> Any:
    def check(form: Form, field: Any) -> None:
        if len(lines(field.data)) != len(question.english_choices):
            raise ValidationError(_("Give as many choices as in English, in the same order."))

    return check


class QuestionsForm(Form):
    """Which sectors are offered, and up to three questions: ``label_1``, ``kind_1``, ``choices_1`` and so on."""

    sectors = Boxes(_l("Sectors to choose from"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.sectors.choices = [SelectChoice(value, label) for value, label in sector_labels().items()]

    def of_place(self, place: int) -> tuple[Any, Any, Any]:
        """The three fields of one question."""
        return self[f"label_{place}"], self[f"kind_{place}"], self[f"choices_{place}"]

    def given(self, place: int) -> QuestionGiven:
        """One question as written; empty where there is none."""
        label, kind, choices = self.of_place(place)
        return QuestionGiven(one_line(label.data), kind.data or QuestionKind.SHORT, lines(choices.data))

    def fill(self, sectors: Sequence[str], questions: Iterable[tuple[int, Question]]) -> None:
        """Put in what there is already."""
        self.sectors.data = list(sectors)
        for place, question in questions:
            label, kind, choices = self.of_place(place)
            label.data, kind.data = question.asked, question.kind
            choices.data = "\n".join(question.english_choices)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        for place in PLACES:
            label, kind, choices = self.of_place(place)
            given = lines(choices.data)
            if one_line(label.data) and kind.data == QuestionKind.CHOICE:
                if not 2 <= len(given) <= MOST_CHOICES:
                    choices.errors = [
                        _("Give between 2 and %(most)d choices, one a line.", most=MOST_CHOICES)
                    ]
                elif len(set(given)) < len(given):
                    choices.errors = [_("The same choice stands there twice.")]
            valid = valid and not choices.errors
        return bool(valid)


for _place in PLACES:
    setattr(
        QuestionsForm,
        f"label_{_place}",
        StringField(_l("The question"), [Optional(), Length(max=LONGEST_LABEL)]),
    )
    setattr(
        QuestionsForm,
        f"kind_{_place}",
        RadioField(
            _l("How it is answered"),
            [Optional()],
            choices=[
                SelectChoice("short", _l("In a few words")),
                SelectChoice("choice", _l("By a choice")),
            ],
            default="short",
        ),
    )
    setattr(
        QuestionsForm,
        f"choices_{_place}",
        TextAreaField(_l("Choices, one a line"), [Optional(), Length(max=1000)]),
    )


class DatesForm(Form):
    """When a drive opens and closes by itself, by London's clock."""

    opens_at = InstantField(_l("Opens on"), [Optional()], format=list(FORMATS))
    closes_at = InstantField(_l("Closes on"), [Optional()], format=list(FORMATS))
    is_announced = BooleanField(_l("Show its title and when it opens before then"))

    def show(self, error: DomainError) -> None:
        """Put a service's reasons beside the fields they are about."""
        for name, reason in (error.details or {"closes_at": error.message}).items():
            self[name].errors = [*self[name].errors, str(reason)]


def told_labels() -> dict[str, str]:
    """Who is written to when a milestone is reached."""
    return {
        Told.COORDINATORS: _("The campaign’s coordinators"),
        Told.ORGANISERS: _("All partners’ organisers and admins"),
        Told.NOBODY: _("Nobody"),
    }


class MilestoneForm(Form):
    """A number of people to reach, and what happens then."""

    number = IntegerField(
        _l("Number of people"),
        [
            InputRequired(_l("Enter a number of people.")),
            NumberRange(10, 100_000_000, _l("Enter a whole number of people, 10 or more.")),
        ],
    )
    told = RadioField(_l("Who is written to"), default=Told.COORDINATORS)
    banner = StringField(_l("Banner on the public page"), [Optional(), Length(max=200)])
    banner_cy = StringField(_l("In Welsh"), [Optional(), Length(max=200)])
    banner_es = StringField(_l("In Spanish"), [Optional(), Length(max=200)])
    banner_pt = StringField(_l("In Portuguese"), [Optional(), Length(max=200)])
    banner_days = IntegerField(
        _l("Days it stays"),
        [InputRequired(_l("Enter a number of days.")), NumberRange(1, 60, _l("Between 1 and 60 days."))],
        default=7,
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.told.choices = [SelectChoice(str(value), label) for value, label in told_labels().items()]

    def given(self) -> MilestoneGiven:
        """The checked values."""
        return MilestoneGiven(
            self.number.data or 0,
            self.told.data,
            one_line(self.banner.data),
            self.banner_days.data or 1,
            {language: one_line(self[f"banner_{language}"].data) for language in LANGUAGES},
        )


class LookForm(Form):
    """Two colours and the logos. The button beside a refused colour takes the one that was offered."""

    colour = StringField(_l("Colour on light paper"), [Optional()])
    colour_dark = StringField(_l("Colour on dark paper"), [Optional()])
    take_colour = HiddenField()
    take_colour_dark = HiddenField()
    shows_logos = BooleanField(_l("Show the partners’ logos"))

    def validate(self, extra_validators: Any = None) -> bool:
        self.colour.data = self.take_colour.data or self.colour.data
        self.colour_dark.data = self.take_colour_dark.data or self.colour_dark.data
        valid = super().validate(extra_validators)
        for field in (self.colour, self.colour_dark):
            if (field.data or "").strip():
                try:
                    field.data = parse_colour(field.data)
                except ValueError:
                    field.errors, valid = (
                        [_("Write a colour as six digits and letters, such as #c5301a.")],
                        False,
                    )
        return bool(valid)

    def given(self) -> Look:
        """The checked values."""
        return Look(self.colour.data or None, self.colour_dark.data or None, bool(self.shows_logos.data))

    def show(self, error: DomainError) -> dict[str, str]:
        """Put a service's reasons beside the fields; answers the colours to offer instead, by field."""
        for name, reason in error.details["fields"].items():
            self[name].errors = [reason]
        return dict(error.details["nearest"])
