"""Demo: fictional texts, visibly so. A letter that waits for names, a released press release, a draft in consultation, lines to take."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now
from organising.platform.tenancy import Context, use_context
from organising.statements.models import Statement
from organising.statements.queries import get_statement, get_version
from organising.statements.services import consulting, drafting, planning, signing, steps
from organising.statements.services.consulting import Remark
from organising.statements.services.drafting import Text
from organising.statements.services.planning import Plan
from organising.statements.services.signing import Name
from organising.statements.states import Kind

LETTER = Text(
    "Demo: an open letter on trust in public services",
    "Dear Minister,\n\n"
    "This letter is invented for a demonstration. Nobody has sent it.\n\n"
    "People come to a school, a surgery or a police station because they need one. When they fear that what they say there is "
    "passed on, they stay away: a child misses school, an illness goes untreated, a crime goes unreported.\n\n"
    "We ask you for one promise: what people tell a trusted public service stays with that service.\n\n"
    "Yours sincerely,",
)
RELEASE = Text(
    "Demo: partners publish an invented guide for schools",
    "This press release is invented for a demonstration.\n\n"
    "Partners of the campaign have published a guide for school offices. It says in four pages which questions a school has "
    "to ask a family, and which it must not.\n\n"
    "“Parents should never have to wonder where their answers go,” said Sam Invented, who does not exist.\n\n"
    "Notes to editors: for a demonstration, write to press@example.org.",
)
BRIEFING = Text(
    "Demo: a briefing on the autumn debate",
    "This briefing is invented for a demonstration.\n\n"
    "What is debated: whether services should be told to keep immigration enforcement out of their records.\n\n"
    "What we ask: a firewall in law, with a named person who answers for it.\n\n"
    "What to expect: that a memorandum is enough. It was not, and it can be withdrawn in a day.",
)
LINES = Text(
    "Demo: on the firewall",
    "Invented for a demonstration. People must be able to see a doctor, go to school and report a crime without fear. "
    "A promise that can be withdrawn is no firewall. We ask for one in law.",
)


def seed(people: Mapping[str, Actor]) -> None:
    """Seed four. ``people``: ``coordinator`` and ``deputy`` of the lead, and an admin of each partner by its slug. Once."""
    coordinator = people["coordinator"]
    with use_context(_as(coordinator)) as session:
        if session.scalar(select(func.count()).select_from(Statement)):
            return
    ids = {slug: actor.organisation_id for slug, actor in people.items() if slug != "deputy"}
    lead = ids.pop("coordinator")
    at = now().astimezone(LONDON).replace(hour=9, minute=0, second=0, microsecond=0)
    _release(people, lead, ids["neu"])
    _letter(people, frozenset({lead, ids["neu"]}), frozenset(ids.values()), at)
    _briefing(people, frozenset(ids.values()))
    lines = _begin(coordinator, Kind.LINES_TO_TAKE, "Lines on the firewall", LINES)
    _do(coordinator, steps.lock, lines, 1)
    _do(coordinator, steps.finish, lines)
    _do(coordinator, steps.release, lines)


def _release(people: Mapping[str, Actor], lead: UUID, partner: UUID) -> None:
    coordinator = people["coordinator"]
    found = _begin(coordinator, Kind.PRESS_RELEASE, "The guide for schools", RELEASE)
    _plan(coordinator, found, "The guide for schools", frozenset({lead, partner}), frozenset())
    _do(coordinator, steps.lock, found, 1)
    _do(coordinator, steps.open_signoff, found)
    _sign(people["deputy"], found, "Liberty", "Demo Deputy", "Deputy director")
    _sign(people["neu"], found, "National Education Union", "Demo Secretary", "General secretary")
    _do(coordinator, steps.finish, found)
    _do(coordinator, steps.release, found)


def _letter(
    people: Mapping[str, Actor], signing_ids: frozenset[UUID], partners: frozenset[UUID], at: datetime
) -> None:
    coordinator = people["coordinator"]
    found = _begin(coordinator, Kind.SIGN_ON_LETTER, "Letter before the autumn debate", LETTER)
    times = {
        "soft_deadline": at + timedelta(days=4),
        "hard_deadline": at + timedelta(days=8),
        "embargo_at": at + timedelta(days=10),
    }
    _plan(coordinator, found, "Letter before the autumn debate", signing_ids, partners, **times)
    _do(coordinator, steps.lock, found, 1)
    _do(coordinator, steps.open_signoff, found)
    _sign(people["deputy"], found, "Liberty", "Demo Deputy", "Deputy director")


def _briefing(people: Mapping[str, Actor], partners: frozenset[UUID]) -> None:
    coordinator = people["coordinator"]
    found = _begin(coordinator, Kind.BRIEFING, "Briefing for the autumn debate", BRIEFING)
    _plan(coordinator, found, "Briefing for the autumn debate", frozenset(), partners)
    _do(coordinator, steps.consult, found)
    words = Remark(
        "Members will ask who checks it.",
        "a named person who answers for it",
        "a named person who answers for it to Parliament",
    )
    _do(people["neu"], consulting.comment, found, words)
    _do(people["praxis"], consulting.comment, found, Remark("Could we say which services are meant?"))


def _begin(actor: Actor, kind: Kind, title: str, text: Text) -> UUID:
    found: UUID = _do(actor, drafting.begin, kind, title, text)
    return found


def _plan(
    actor: Actor,
    statement_id: UUID,
    title: str,
    signing_ids: frozenset[UUID],
    consulted: frozenset[UUID],
    **times: datetime,
) -> None:
    wanted: dict[str, Any] = {
        "soft_deadline": None,
        "hard_deadline": None,
        "embargo_at": None,
        "lead_first": True,
    }
    _do(actor, planning.plan, statement_id, Plan(title, consulted, signing_ids, **(wanted | times)))


def _sign(actor: Actor, statement_id: UUID, name: str, who: str, title: str) -> None:
    with use_context(_as(actor)) as session:
        digest = get_version(get_statement(statement_id)).digest
        signing.sign(actor, statement_id, Name(digest, name, who, title))
        session.commit()


def _do(actor: Actor, act: Callable[..., Any], *given: Any) -> Any:
    """Run a service as somebody, in a session of its own, and commit."""
    with use_context(_as(actor)) as session:
        found = act(actor, *given)
        found = getattr(found, "id", found)
        session.commit()
        return found


def _as(actor: Actor) -> Context:
    return Context(organisation_id=actor.organisation_id, user_id=actor.user_id)
