"""The demo's institutions: forces, a department and a board that do not exist, how asks stand there, and requests."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from organising.lobbying.models import InformationRequest
from organising.lobbying.services.institution_asks import StatusDraft, claim_status
from organising.lobbying.services.requests import ReplyDraft, RequestDraft, make_request, move_request
from organising.organisations.models import Ask
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.permissions import Permission
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Institution, InstitutionKind
from organising.representatives.names import fold
from organising.representatives.readers.records import INVENTED

K = InstitutionKind
BODIES = (
    ("Northvale Constabulary", K.POLICE_FORCE),
    ("Southvale Police", K.POLICE_FORCE),
    ("Fenwick and Marlow Police", K.POLICE_FORCE),
    ("Otterhithe Police", K.POLICE_FORCE),
    ("Department for Learning and Education", K.DEPARTMENT),
    ("Vale Health Board", K.HEALTH_BOARD),
    ("Fablewick Council", K.LOCAL_AUTHORITY),
)
# Body, ask, status, words, so many days ago.
STATUSES = (
    (0, "POL-1", "met", "The force’s published policy says that victims are not referred.", 40),
    (1, "POL-1", "partly_met", "Victims are covered by the policy, witnesses are not.", 21),
    (2, "POL-1", "refused", "The chief constable’s letter: no separation is planned.", 12),
)
# Body, ask, subject line, sent so many days ago, what became of it.
REQUESTS = (
    (0, "POL-1", "Referrals of victims in the last year", 60, "answered"),
    (1, "POL-2", "Guidance to officers on referrals of witnesses", 55, ""),
    (3, "POL-1", "Policy on victims whose status is not known", 6, ""),
    (2, "POL-1", "Number of referrals by kind of offence", 70, "refused"),
)
WORDING = (
    "Please send me what you hold on this, as numbers by month where you have them, and the policy in force today.\n"
    "No personal information is asked for."
)


def seed(actors: Mapping[str, Actor]) -> None:
    """Write the bodies, then statuses and requests in the names of who may. A second time changes nothing."""
    bodies = _seed_bodies()
    editors = [actors[name] for name in sorted(actors) if actors[name].can(Permission.COMMITMENTS_EDIT)]
    if not editors:
        return
    for number, (body, code, status, words, days) in enumerate(STATUSES):
        actor = editors[number % len(editors)]
        with _as(actor) as session:
            draft = StatusDraft(_ask(actor, code), status, today() - timedelta(days=days), words)
            claim_status(actor, bodies[body], draft, confirmed=None)
            session.commit()
    for number, (body, code, title, days, after) in enumerate(REQUESTS):
        actor = editors[number % len(editors)]
        with _as(actor) as session:
            _request(actor, bodies[body], code, title, days, after)
            session.commit()


def _request(actor: Actor, body: UUID, code: str, title: str, days: int, after: str) -> None:
    same = (InformationRequest.institution_id == body) & (InformationRequest.title == title)
    if db.session.scalar(select(InformationRequest.id).where(same)):
        return
    draft = RequestDraft(title, WORDING, today() - timedelta(days=days), _ask(actor, code))
    made = make_request(actor, body, draft, confirmed=None)
    if after:
        reply = ReplyDraft(
            today() - timedelta(days=days - 28),
            "Twelve referrals in the year, none of a victim." if after == "answered" else "",
            exemption="section 31" if after == "refused" else "",
        )
        move_request(actor, made.id, after, reply, confirmed=None)


def _seed_bodies() -> list[UUID]:
    with use_context(Context(purpose="import")) as session:
        known = dict(
            session.execute(
                select(Institution.name, Institution.id).where(Institution.source == INVENTED)
            ).all()
        )
        for name, kind in BODIES:
            if name not in known:
                one = Institution(
                    kind=kind,
                    name=name,
                    sort_key=fold(name),
                    source=INVENTED,
                    requests_email=f"foi@{name.split()[0].lower()}.example",
                    website="https://example.org",
                )
                session.add(one)
                session.flush()
                known[name] = one.id
        session.commit()
    return [known[name] for name, _kind in BODIES]


def _as(actor: Actor) -> AbstractContextManager[Session]:
    return use_context(Context(organisation_id=actor.organisation_id, user_id=actor.user_id))


def _ask(actor: Actor, code: str) -> UUID:
    return db.session.scalars(
        select(Ask.id).where(Ask.campaign_id == actor.campaign_id, Ask.code == code)
    ).one()
