"""Numbers of people that may be told: small ones are never said, so that nobody in a small place is guessed at."""

SMALL = 10
STEP = 5


def tellable(number: int | None) -> int | None:
    """The number, or ``None`` where it is small or unknown: one answer for none, few and hidden, which tells them not apart."""
    return number if number is not None and number >= SMALL else None


def tellable_roughly(number: int | None) -> int | None:
    """:func:`tellable` to the nearest five: two readings of it do not tell of one person between them."""
    told = tellable(number)
    return None if told is None else STEP * round(told / STEP)
