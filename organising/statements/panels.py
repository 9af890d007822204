"""What other domains' pages show of statements: the lines to take, as they read now, on every briefing."""

from flask_babel import gettext as _

from organising.platform.actor import Actor
from organising.platform.panels import Panel, register
from organising.platform.permissions import Permission
from organising.platform.ui import longdate
from organising.statements.queries import list_current_lines

# A briefing has two pages.
MOST_LINES = 4
MOST_LETTERS = 420


def lines_to_take(actor: Actor, **_about: object) -> Panel | None:
    """The current version of each, with its number and its day."""
    if actor.campaign_id is None or not actor.can(Permission.STATEMENTS_VIEW):
        return None
    current = list_current_lines(actor.campaign_id)
    if not current:
        return None
    facts = tuple(
        (
            _(
                "%(headline)s (version %(number)d, %(day)s)",
                headline=version.headline,
                number=version.number,
                day=longdate(version.created_at),
            ),
            _clip(version.body),
        )
        for _statement, version in current[:MOST_LINES]
    )
    return Panel(
        title=_("Lines to take"),
        facts=facts,
        note=_("As agreed by the coalition. Check the version before you speak."),
    )


def _clip(body: str) -> str:
    words = " ".join(body.split())
    return words if len(words) <= MOST_LETTERS else words[: MOST_LETTERS - 1].rstrip() + "…"


register("target", lines_to_take)
