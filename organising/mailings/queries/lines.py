"""Lines agreed on in advance, who agreed, and what a letter is made of."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from organising.mailings.content import BLANK_LINE, in_one_line
from organising.mailings.models import AgreedLine, LineDecision, Mailing
from organising.mailings.queries.attachments import bound_files
from organising.organisations.queries import list_campaign_organisations
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.permissions import GRANTS, Permission, Role

# What stands around the lines in every letter and says nothing: how it begins, and how it ends.
GREETING = re.compile(r"Dear \S[^.!?:\n]{0,80},?")
FAREWELL = re.compile(
    r"(?:Yours|Yours sincerely|Yours faithfully|Kind regards|Best wishes|With best wishes),?"
)
SIGNED = re.compile(r"\{\{\s*signature\b")
LINES_OF_FAREWELL = 4
LONGEST_NAME = 60


@dataclass(frozen=True)
class LineRow:
    """A line, and the partners that agree to it now, by id and short name."""

    line: AgreedLine
    author: str
    agreed: Mapping[UUID, str]


def list_lines(actor: Actor) -> list[LineRow]:
    """The lines that were not taken out, the newest first, each with who agrees to it."""
    lines = db.session.scalars(
        select(AgreedLine)
        .where(AgreedLine.campaign_id == actor.campaign_id, AgreedLine.withdrawn_at.is_(None))
        .order_by(AgreedLine.created_at.desc(), AgreedLine.id)
    ).all()
    names = {
        one.id: one.short_name for one in list_campaign_organisations(actor.campaign_id, with_former=True)
    }
    agreeing = _agreeing([line.id for line in lines])
    return [
        LineRow(
            line,
            names.get(line.organisation_id, ""),
            {one: names[one] for one in sorted(agreeing[line.id], key=names.__getitem__) if one in names},
        )
        for line in lines
    ]


def find_line(actor: Actor, line_id: UUID) -> AgreedLine | None:
    """One line of the campaign that was not taken out."""
    return db.session.scalar(
        select(AgreedLine).where(
            AgreedLine.id == line_id,
            AgreedLine.campaign_id == actor.campaign_id,
            AgreedLine.withdrawn_at.is_(None),
        )
    )


def agreed_in_advance(mailing: Mailing) -> frozenset[str]:
    """Ids of the organisations that agreed in advance to every line that a mailing is made of.

    Empty where anything else stands in it: its subject and each paragraph is one of the lines, word for word, but
    for the greeting and the farewell.
    """
    lines = {
        in_one_line(line.words): line.id
        for line in db.session.scalars(
            select(AgreedLine).where(
                AgreedLine.campaign_id == mailing.campaign_id, AgreedLine.withdrawn_at.is_(None)
            )
        )
    }
    # Anything may be said in a signature, which is no part of the text, or in a file.
    if SIGNED.search(mailing.body) or bound_files(mailing.id):
        return frozenset()
    parts = [in_one_line(mailing.subject), *said_in(mailing.body)]
    if len(parts) < 2 or not all(part in lines for part in parts):
        return frozenset()
    agreeing = _agreeing([lines[part] for part in parts])
    return frozenset(str(one) for one in frozenset.intersection(*map(frozenset, agreeing.values())))


def said_in(body: str) -> list[str]:
    """The paragraphs of a letter without greeting and farewell, each in one line."""
    parts = [part.strip() for part in BLANK_LINE.split(body.replace("\r\n", "\n")) if part.strip()]
    if parts and GREETING.fullmatch(parts[0]):
        parts = parts[1:]
    if parts and _is_farewell(parts[-1].split("\n")):
        parts = parts[:-1]
    return [in_one_line(part) for part in parts]


def _is_farewell(lines: Sequence[str]) -> bool:
    names = lines[1:]
    return (
        FAREWELL.fullmatch(lines[0].strip()) is not None
        and len(lines) <= LINES_OF_FAREWELL
        and all(len(name) <= LONGEST_NAME and not re.search(r"[.!?:]|https?", name) for name in names)
    )


def _agreeing(line_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Organisations whose last decision on each line is yes, by one who might give it."""
    found: dict[UUID, set[UUID]] = {line_id: set() for line_id in line_ids}
    statement = select(LineDecision).where(LineDecision.line_id.in_(found))
    for one in db.session.scalars(statement.order_by(LineDecision.created_at, LineDecision.id)):
        if Permission.MAILINGS_SIGN_OFF not in GRANTS[Role(one.signer_role)]:
            continue
        if one.agrees:
            found[one.line_id].add(one.organisation_id)
        else:
            found[one.line_id].discard(one.organisation_id)
    return found
