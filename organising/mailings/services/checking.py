"""Everything there is to know before sign-off: a mailing's texts against its audience, its past and its sender."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, timedelta
from email.utils import parseaddr
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from organising.accounts.models import User
from organising.accounts.services import email_key
from organising.config import Settings
from organising.lobbying.queries import measure_pressures
from organising.lobbying.queries.pressure import PRESSURE_DAYS
from organising.mailings.audience import included
from organising.mailings.checks import (
    Earlier,
    Finding,
    Group,
    Span,
    Surroundings,
    check_alignment,
    check_correction,
    check_links,
    check_partners_alike,
    check_sender,
    check_spelling,
    check_texts,
    check_timing,
    check_wording,
    check_written_lately,
    runs_of,
)
from organising.mailings.content import Entry
from organising.mailings.merge import Field
from organising.mailings.models import Mailing
from organising.mailings.queries import common_values, sender_of
from organising.mailings.queries.after import compare_with_first
from organising.mailings.queries.earlier import count_alike, list_earlier
from organising.mailings.queries.identities import find_identity, is_reply_to_known
from organising.mailings.states import BEFORE_SENDING, MailingState
from organising.organisations.models import Ask, Organisation
from organising.organisations.queries import list_campaign_organisations
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.tenancy import context_of
from organising.representatives.names import bare_name

from .scheduling import look_ahead

USES_SIGNATURE = re.compile(r"\{\{\s*signature\b")
# A letter is remembered for about so long.
ALIKE_DAYS = 90


def examine(mailing: Mailing, entries: Sequence[Entry]) -> list[Finding]:
    """What to put right and what to know about a mailing that has not left; nothing about one that has.

    Its likeness to other mailings is told to its own organisation only.
    """
    if mailing.state not in (MailingState.DRAFT, *BEFORE_SENDING):
        return []
    going = included(entries)
    reader_id = context_of(db.session()).organisation_id
    is_own = reader_id == mailing.organisation_id
    found = list(check_texts(mailing.subject, mailing.body, _surroundings(mailing, going, is_own)))
    if mailing.corrects_id is not None:
        # It opens with what it puts right; who writes, and what for, stood in the first.
        found = [one for one in found if one.group is not Group.OPENING]
    if is_own and mailing.corrects_id is not None:
        found += check_correction(*compare_with_first(mailing))
    if reader_id is not None:
        found += _written_lately(mailing, going, reader_id)
    return [*found, *_sender(mailing, is_own), *(_timing(mailing, entries) if going else ())]


def examine_text(mailing: Mailing) -> list[Finding]:
    """What to put right and what to know about a text and its sender, where it goes to nobody in office."""
    is_own = context_of(db.session()).organisation_id == mailing.organisation_id
    given = _surroundings(mailing, [], is_own)
    return [
        *check_links(mailing.subject, mailing.body),
        *check_wording(mailing.subject, mailing.body, given.capitals),
        *check_spelling(mailing.subject, mailing.body, given.names),
        *_sender(mailing, is_own),
    ]


def _surroundings(mailing: Mailing, going: Sequence[Entry], is_own: bool) -> Surroundings:
    writer = db.session.get(Organisation, mailing.organisation_id)
    ask = db.session.get(Ask, mailing.ask_id) if mailing.ask_id else None
    return Surroundings(
        [writer.name, writer.short_name, mailing.sender_name] if writer else [mailing.sender_name],
        _names(mailing, going, ask),
        [
            Earlier(row.title, row.body, row.same, row.started_at.astimezone(UTC) if row.started_at else None)
            for row in (list_earlier(mailing) if is_own else ())
        ],
        (common_values(mailing).get(Field.SIGNATURE) or "") if USES_SIGNATURE.search(mailing.body) else "",
    )


def _names(mailing: Mailing, going: Sequence[Entry], ask: Ask | None) -> Mapping[str, list[str]]:
    """What has to be spelt right, under what it is."""
    bare = [bare_name(entry.name) for entry in going]
    partners = list_campaign_organisations(mailing.campaign_id)
    return {
        "a representative": [*bare, *(name.split()[-1] for name in bare if name)],
        "a constituency": sorted({entry.constituency for entry in going if entry.constituency}),
        "a partner": [name for one in partners for name in (one.name, one.short_name)],
        "the ask": [ask.code, *_capital_runs(ask.wording)] if ask else [],
    }


def _capital_runs(text: str) -> Iterator[str]:
    """Runs of words with a capital, such as “Home Office”; the first word of a sentence alone is none."""
    run: list[str] = []
    for word in [*text.split()[1:], "."]:
        bare = word.strip(".,;:()“”\"'’")
        if bare[:1].isupper():
            run.append(bare)
            continue
        if run:
            yield " ".join(run)
        run = []


def _written_lately(mailing: Mailing, going: Sequence[Entry], reader_id: UUID) -> Iterator[Finding]:
    if not going:
        return
    reader = Actor.system(reader_id, "", mailing.campaign_id)
    pressures = measure_pressures(reader, [entry.person_id for entry in going])
    numbers = [(_with_seat(entry), pressures[entry.person_id].mail.done) for entry in going]
    # To its own organisation only: what a reader is lent says nothing of other partners.
    is_own = reader_id == mailing.organisation_id
    yield from check_written_lately(numbers, PRESSURE_DAYS, may_name=is_own)
    if is_own:
        since = now() - timedelta(days=ALIKE_DAYS)
        alike = count_alike(runs_of(mailing.body), [entry.person_id for entry in going], since)
        yield from check_partners_alike(alike, ALIKE_DAYS)


def _with_seat(entry: Entry) -> str:
    return f"{entry.name}, {entry.constituency}" if entry.constituency else entry.name


def _sender(mailing: Mailing, is_own: bool) -> Iterator[Finding]:
    if is_own and mailing.is_draft:
        identity = find_identity(mailing.identity_id)
        yield from check_sender(
            mailing.reply_to,
            chosen=mailing.identity_id is not None,
            confirmed=identity is not None and identity.is_confirmed,
            answers_to=identity.reply_to if identity else None,
            proven=is_reply_to_known(mailing.reply_to) or _is_colleague(mailing.reply_to),
        )
    sender = parseaddr(mailing.sender or sender_of(mailing))[1].rpartition("@")[2]
    settings: Settings = current_app.config["SETTINGS"]
    # Without a domain for bounces, they go to the address that the message is from.
    yield from check_alignment(sender, settings.mail_return_domain if settings.takes_returns else sender)


def _timing(mailing: Mailing, entries: Sequence[Entry]) -> Iterator[Finding]:
    outlook = look_ahead(mailing, entries)
    recesses = [Span(one.name, one.starts_on, one.ends_on) for one in outlook.recesses]
    dissolved = [Span(one.name, one.dissolved_on) for one in outlook.dissolved if one.dissolved_on]
    yield from check_timing(outlook.begins_at, outlook.ends_at, recesses, dissolved)


def _is_colleague(address: str) -> bool:
    """Whether somebody of the organisation signs in with it, which they could not without reading it."""
    found = db.session.scalar(select(User.id).where(User.email_key == email_key(address)))
    return found is not None
