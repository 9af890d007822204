"""What calendars say of an action."""

from flask_babel import gettext as _

from organising.actions.models import BranchAction
from organising.actions.states import PROPOSED, State
from organising.actions.words import kind_words, state_words
from organising.platform.links import address_of_page

from .ical import Entry


def called_off(title: str) -> str:
    """The title of an action that is called off: many calendars show no state."""
    return str(_("Called off: %(title)s", title=title))


def entry_of(
    action: BranchAction,
    *,
    asks: tuple[str, ...] = (),
    venue: str | None = None,
    is_own: bool = False,
    address: str = "",
) -> Entry:
    """An action as an event: its headline, and ``venue`` for those who may know it. Nobody's name is ever in it."""
    state = State(action.state)
    off = state is State.CANCELLED
    whose = [action.organisation.name, *([action.unit_label] if action.unit_label else [])]
    return Entry(
        uid=str(action.id),
        sequence=action.version,
        changed_at=action.changed_at,
        starts_at=action.starts_at,
        ends_at=action.ends_at,
        all_day=action.all_day,
        status="CANCELLED" if off else "TENTATIVE" if state in PROPOSED else "CONFIRMED",
        summary=called_off(action.title) if off else action.title,
        location=", ".join(part for part in (venue or action.place, action.area) if part),
        lines=tuple(
            line
            for line in (
                f"{kind_words(action.kind)}. {state_words(action, is_own=is_own)}.",
                ", ".join(whose),
                str(_("Asks: %(codes)s", codes=", ".join(asks))) if asks else "",
                action.summary or "",
            )
            if line
        ),
        category=kind_words(action.kind),
        url=address or address_of_page("actions.show", action_id=str(action.id)),
    )
