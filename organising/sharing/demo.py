"""The demo's stakeholders: invented people in public roles, kept by several partners."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid5

from sqlalchemy import select

from ..platform.actor import Actor
from ..platform.clock import today
from ..platform.db import db
from ..platform.tenancy import Context, use_context
from ..representatives.models import Person
from .models import EntryKind, StakeholderKind
from .services.stakeholders import EntryDraft, StakeholderDraft, add_entry, keep_stakeholder

NAMESPACE = UUID("6f2a5a0e-5d0b-4f0c-9a55-0d6a0a4f7c11")
# Who keeps them, and the days since each headline; nobody could take these for people who live.
PEOPLE = (
    ("neu", "Dana Invented-Caseworker", StakeholderKind.MP_STAFF, "Caseworker", "Constituency office", ((3, "Passes our briefing on before Monday"), (40, "Asks for one page, not five"))),
    ("praxis", "Ollie Madeup-Reporter", StakeholderKind.JOURNALIST, "Health correspondent", "The Invented Post", ((9, "Wants a head teacher who speaks on the record"),)),
    ("liberty", "Pat Imaginary-Officer", StakeholderKind.OFFICIAL, "Data protection officer", "An invented department", ((20, "Answers within the month, and by letter only"),)),
    ("lawrs", "Lou Fictional-Campaigner", StakeholderKind.CAMPAIGN, "Campaigns lead", "The Invented Patients’ League", ()),
)  # fmt: skip


def seed(actors: Mapping[str, Actor]) -> int:
    """Keep them, each in its keeper's organisation; answers how many. ``actors``: an organiser by organisation."""
    member = _first_member()
    for number, (slug, name, kind, role, employer, headlines) in enumerate(PEOPLE):
        actor = actors[slug]
        with use_context(Context(organisation_id=actor.organisation_id, user_id=actor.user_id)) as session:
            draft = StakeholderDraft(
                name=name,
                kind=kind,
                role=role,
                employer=employer,
                email=f"{kind}@example.org",
                phone="",
                source="An invented staff page",
                subject_id=member if kind is StakeholderKind.MP_STAFF else None,
            )
            row = keep_stakeholder(actor, draft)
            for days, headline in headlines:
                entry = EntryDraft(EntryKind.CALL, today() - timedelta(days=days), headline)
                add_entry(actor, row.id, entry, key=uuid5(NAMESPACE, f"{number}/{days}"))
            session.commit()
    return len(PEOPLE)


def _first_member() -> UUID | None:
    with use_context(Context()):
        return db.session.scalar(select(Person.id).order_by(Person.sort_key).limit(1))
