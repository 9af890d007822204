"""What members' calendars say of an action."""

from collections.abc import Iterable
from functools import cache, partial

from flask_babel import gettext as _

from organising.actions.words import kind_words, words_of_state
from organising.platform.links import address_of_page

from .events import event_of
from .ical import Entry
from .queries.feeds import Told


def entries_of(told: Iterable[Told], *, is_own: bool) -> tuple[Entry, ...]:
    """Actions as events: headlines, and the venue for those who may know it. Nobody's name is ever in them."""
    # Asked once each, not once an action: a word asks for its reader's language every time, a third of a feed's time.
    kinds, asks, states = cache(kind_words), cache(_asks), cache(partial(words_of_state, is_own=is_own))
    return tuple(
        event_of(
            one.action,
            kind=kinds(one.action.kind),
            where=(one.venue or one.action.place, one.action.area),
            lines=(
                f"{kinds(one.action.kind)}. {states(one.action.state)}.",
                ", ".join(filter(None, (one.action.organisation_name, one.action.unit_label))),
                asks(one.asks),
                one.action.summary,
            ),
            url=address_of_page("actions.show", action_id=str(one.action.id)),
        )
        for one in told
    )


def _asks(codes: tuple[str, ...]) -> str:
    return str(_("Asks: %(codes)s", codes=", ".join(codes))) if codes else ""
