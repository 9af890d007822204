"""How likely, how bad, and how much that is together, in words: a colour never stands alone."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

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
