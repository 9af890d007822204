"""The words of what is prepared: tasks; how likely, how bad, and how much that is together. A colour never stands alone."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from .models import Every, Part
from .queries.together import Near
from .states import Joining

PARTS: dict[Part, LazyString] = {
    Part.STEWARD: _l("Steward"),
    Part.SPEAKER: _l("Speaker"),
    Part.CHAIR: _l("Chair"),
    Part.FIRST_AID: _l("First aid"),
    Part.PHOTOGRAPHER: _l("Photographer"),
    Part.ACCESS: _l("Access"),
    Part.SHEETS: _l("Keeps the sheets"),
    Part.PRESS: _l("Press"),
    Part.DRIVER: _l("Brings the things"),
    Part.OTHER: _l("Something else"),
}
EVERY: dict[Every, LazyString] = {
    Every.WEEK: _l("Every week"),
    Every.FORTNIGHT: _l("Every two weeks"),
    Every.MONTH: _l("Every month, on the same date"),
    Every.MONTH_WEEKDAY: _l("Every month, on the same weekday"),
}

LIKELIHOODS: dict[int, LazyString] = {
    1: _l("Rare"),
    2: _l("Unlikely"),
    3: _l("Possible"),
    4: _l("Likely"),
    5: _l("Almost certain"),
}
SEVERITIES: dict[int, LazyString] = {
    1: _l("Hardly any harm"),
    2: _l("Minor"),
    3: _l("Moderate"),
    4: _l("Serious"),
    5: _l("Grave"),
}


@dataclass(frozen=True)
class Level:
    """What a score means: ``words`` and the tone of its tag."""

    most: int
    words: LazyString
    tone: str


LEVELS = (
    Level(4, _l("Low"), "good"),
    Level(9, _l("Medium"), "info"),
    Level(14, _l("High"), "warn"),
    Level(25, _l("Very high"), "bad"),
)


def level_of(likelihood: int, severity: int) -> Level:
    """The level of a risk: likelihood times severity, from 1 to 25."""
    score = likelihood * severity
    return next(level for level in LEVELS if score <= level.most)


def level_words(likelihood: int, severity: int) -> str:
    """How much a risk is, in words with its score: "High (12 of 25)"."""
    return f"{level_of(likelihood, severity).words} ({likelihood * severity} / 25)"


def level_tone(likelihood: int, severity: int) -> str:
    """The tone of its tag."""
    return level_of(likelihood, severity).tone


def part_words(part: str) -> str:
    """A task in words."""
    return str(PARTS[Part(part)])


def degree_words(degree: int, is_severity: bool = False) -> str:
    """How likely or how bad, in words."""
    return str((SEVERITIES if is_severity else LIKELIHOODS)[degree])


NEAR: dict[Near, LazyString] = {
    Near.SEAT: _l("in the same constituency"),
    Near.TOWN: _l("in the same town"),
    Near.COUNCIL: _l("in the same council’s area"),
    Near.BESIDE: _l("in a constituency beside it on the map"),
}
JOININGS: dict[Joining, LazyString] = {
    Joining.PROPOSED: _l("They ask you"),
    Joining.WITHDRAWN: _l("Withdrawn"),
    Joining.ACCEPTED: _l("Together"),
    Joining.DECLINED: _l("Declined"),
    Joining.LEFT: _l("Apart again"),
}
TONES = {Joining.PROPOSED: "warn", Joining.ACCEPTED: "good"}


def near_words(near: str) -> str:
    """How near a partner's action is."""
    return str(NEAR[Near(near)])


def joining_words(state: str, is_ours: bool) -> str:
    """How a proposal stands, as our side reads it."""
    if is_ours and state == Joining.PROPOSED:
        return str(_l("Waits for their answer"))
    return str(JOININGS[Joining(state)])


def joining_tone(state: str) -> str:
    """The tone of its tag."""
    return TONES.get(Joining(state), "neutral")
