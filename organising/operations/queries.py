"""What goes when, what is held, what went."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ..contacts.models import Contact
from ..platform.db import db
from ..platform.retention import RULES, RetentionHold, RetentionRun, RetentionSetting, Rule, is_held

MOST_RUNS = 50


@dataclass(frozen=True)
class RuleShown:
    """A rule as it stands in the organisation: ``setting`` where somebody changed the days."""

    rule: Rule
    days: int
    setting: RetentionSetting | None
    held: bool


def list_rules() -> list[RuleShown]:
    """Every rule."""
    settings = {one.rule: one for one in db.session.scalars(select(RetentionSetting))}
    return [
        RuleShown(
            rule, settings[name].days if name in settings else rule.days, settings.get(name), is_held(name)
        )
        for name, rule in RULES.items()
    ]


def list_holds() -> Sequence[tuple[RetentionHold, str | None]]:
    """Holds with the name of the contact they are about, those that stand first."""
    statement = (
        select(RetentionHold, Contact.name)
        .outerjoin(
            Contact,
            (Contact.organisation_id == RetentionHold.organisation_id)
            & (Contact.id == RetentionHold.contact_id),
        )
        .order_by(RetentionHold.released_at.is_not(None), RetentionHold.until.desc())
        .limit(200)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def list_runs() -> Sequence[RetentionRun]:
    """What went lately, the newest first."""
    statement = select(RetentionRun).order_by(RetentionRun.created_at.desc(), RetentionRun.id)
    return db.session.scalars(statement.limit(MOST_RUNS)).all()
