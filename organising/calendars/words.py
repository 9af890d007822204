"""What members' calendars say of an action."""

from flask_babel import gettext as _

from organising.actions.models import BranchAction
from organising.actions.words import kind_words, state_words
from organising.platform.links import address_of_page

from .events import event_of
from .ical import Entry


def entry_of(
    action: BranchAction, *, asks: tuple[str, ...] = (), venue: str | None = None, is_own: bool = False
) -> Entry:
    """An action as an event: its headline, and ``venue`` for those who may know it. Nobody's name is ever in it."""
    return event_of(
        action,
        where=(venue or action.place, action.area),
        lines=(
            f"{kind_words(action.kind)}. {state_words(action, is_own=is_own)}.",
            ", ".join(filter(None, (action.organisation.name, action.unit_label))),
            str(_("Asks: %(codes)s", codes=", ".join(asks))) if asks else "",
            action.summary,
        ),
        url=address_of_page("actions.show", action_id=str(action.id)),
    )
