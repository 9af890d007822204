"""Keeping the directory of stakeholders: each record by its author, the log by all, removal by whoever is asked."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, text

from ...lobbying.queries.subjects import find_subject
from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.cautions import Caution, ask_first, caution_key, text_cautions
from ...platform.clock import now, today
from ...platform.db import db, get_or_404
from ...platform.email_address import parse_email
from ...platform.errors import Conflict, Forbidden, Invalid, NotFound
from ...platform.permissions import Permission
from ...platform.sealing import canonical_email, installation_hash
from ...representatives.names import fold
from ..models.stakeholders import HEADLINE_LENGTH, EntryKind, Stakeholder, StakeholderEntry, StakeholderKind

# Where people have their own mail: an address there is seldom that of a public role.
PRIVATE_MAIL = re.compile(
    r"@(gmail|googlemail|hotmail|outlook|live|yahoo|ymail|icloud|me|aol|gmx|proton(mail)?|btinternet|sky)\."
)
MOBILE = re.compile(r"^(\+44\s?|0)7")
LONGEST = 200


@dataclass(frozen=True)
class StakeholderDraft:
    """What was typed about somebody in a public role."""

    name: str
    kind: str
    role: str
    employer: str
    email: str
    phone: str
    source: str
    subject_id: UUID | None = None


@dataclass(frozen=True)
class EntryDraft:
    """What was typed for the log."""

    kind: str
    happened_on: date | None
    headline: str


def keep_stakeholder(
    actor: Actor, draft: StakeholderDraft, *, confirmed: Collection[str] = ()
) -> Stakeholder:
    """Write somebody down. Raises :class:`Invalid` by field, :class:`NeedsConfirmation` for what looks private."""
    actor.check(Permission.STAKEHOLDERS_EDIT)
    if actor.campaign_id is None:
        raise Conflict(_("Your organisation takes part in no campaign at present."))
    _check(actor, draft)
    ask_first(_cautions(actor, draft), confirmed)
    row = Stakeholder(
        campaign_id=actor.campaign_id,
        organisation_id=actor.organisation_id,
        author_label=actor.author_label,
    )
    _write(row, draft)
    db.session.add(row)
    db.session.flush()
    record(actor, "stakeholder.added", "stakeholder", row.id, kind=row.kind)
    return row


def edit_stakeholder(
    actor: Actor,
    stakeholder_id: UUID,
    draft: StakeholderDraft,
    *,
    version: int,
    confirmed: Collection[str] = (),
) -> Stakeholder:
    """Change what one's own organisation wrote. Raises as :func:`keep_stakeholder`, and :class:`Conflict`, :class:`Forbidden`."""
    row = get_own(actor, stakeholder_id)
    if row.version != version:
        raise Conflict(_("A colleague changed this meanwhile. Look at it again before you change it."))
    _check(actor, draft)
    ask_first(_cautions(actor, draft), confirmed)
    _write(row, draft)
    row.version += 1
    record(actor, "stakeholder.edited", "stakeholder", row.id)
    return row


def archive_stakeholder(actor: Actor, stakeholder_id: UUID) -> None:
    """Put somebody away who no longer holds the role."""
    row = get_own(actor, stakeholder_id)
    if row.remove(now()):
        record(actor, "stakeholder.archived", "stakeholder", row.id)


def restore_stakeholder(actor: Actor, stakeholder_id: UUID) -> None:
    """Bring somebody back."""
    row = get_own(actor, stakeholder_id)
    if row.restore():
        record(actor, "stakeholder.restored", "stakeholder", row.id)


def remove_for_good(actor: Actor, stakeholder_id: UUID) -> None:
    """Delete somebody, and every partner's headlines about them, as they asked for it; any partner may.

    What stays is a keyed hash, by which the directory refuses to take them in again. Raises :class:`NotFound`.
    """
    actor.check(Permission.STAKEHOLDERS_EDIT)
    row = get_stakeholder(actor, stakeholder_id)
    keys = [_name_key(row.name)] + [_email_key(one) for one in row.reached_at if "@" in one]
    done = db.session.scalar(text("SELECT app.remove_stakeholder(:s, :k)"), {"s": row.id, "k": keys})
    if not done:
        raise NotFound
    db.session.expunge(row)
    record(actor, "stakeholder.removed_at_wish", "stakeholder", stakeholder_id)


def add_entry(
    actor: Actor, stakeholder_id: UUID, draft: EntryDraft, *, key: UUID, confirmed: Collection[str] = ()
) -> None:
    """Add a headline; the same form sent twice adds one. Raises :class:`Invalid`, :class:`NeedsConfirmation`."""
    actor.check(Permission.STAKEHOLDERS_EDIT)
    row = get_stakeholder(actor, stakeholder_id)
    _check_entry(draft)
    ask_first(text_cautions("headline", draft.headline, shared=True), confirmed)
    if db.session.scalar(
        select(StakeholderEntry.id).where(
            StakeholderEntry.submission_key == key, StakeholderEntry.organisation_id == actor.organisation_id
        )
    ):
        return
    entry = StakeholderEntry(
        campaign_id=row.campaign_id,
        organisation_id=actor.organisation_id,
        author_label=actor.author_label,
        stakeholder_id=row.id,
        submission_key=key,
    )
    _write_entry(entry, draft)
    db.session.add(entry)
    db.session.flush()
    record(actor, "stakeholder.logged", "stakeholder", row.id)


def edit_entry(
    actor: Actor, stakeholder_id: UUID, entry_id: UUID, draft: EntryDraft, *, confirmed: Collection[str] = ()
) -> None:
    """Change one's own organisation's headline."""
    entry = get_own_entry(actor, stakeholder_id, entry_id)
    _check_entry(draft)
    ask_first(text_cautions("headline", draft.headline, shared=True), confirmed)
    _write_entry(entry, draft)
    record(actor, "stakeholder.log_edited", "stakeholder", stakeholder_id)


def remove_entry(actor: Actor, stakeholder_id: UUID, entry_id: UUID) -> None:
    """Take one's own organisation's headline out."""
    if get_own_entry(actor, stakeholder_id, entry_id).remove(now()):
        record(actor, "stakeholder.log_removed", "stakeholder", stakeholder_id)


def restore_entry(actor: Actor, stakeholder_id: UUID, entry_id: UUID) -> None:
    """Put it back."""
    if get_own_entry(actor, stakeholder_id, entry_id).restore():
        record(actor, "stakeholder.log_restored", "stakeholder", stakeholder_id)


def get_stakeholder(actor: Actor, stakeholder_id: UUID) -> Stakeholder:
    """Somebody of the actor's campaign's directory; raises :class:`NotFound`."""
    row = get_or_404(Stakeholder, stakeholder_id)
    if row.campaign_id != actor.campaign_id:
        raise NotFound
    return row


def get_own(actor: Actor, stakeholder_id: UUID) -> Stakeholder:
    """The same, where the actor's organisation wrote it; raises :class:`Forbidden` for a partner's."""
    actor.check(Permission.STAKEHOLDERS_EDIT)
    row = get_stakeholder(actor, stakeholder_id)
    if row.organisation_id != actor.organisation_id:
        raise Forbidden(_("Another partner keeps this. Say in the log what has changed."))
    return row


def get_own_entry(actor: Actor, stakeholder_id: UUID, entry_id: UUID) -> StakeholderEntry:
    """A headline that the actor's organisation wrote."""
    actor.check(Permission.STAKEHOLDERS_EDIT)
    get_stakeholder(actor, stakeholder_id)
    entry = get_or_404(StakeholderEntry, entry_id)
    if entry.stakeholder_id != stakeholder_id:
        raise NotFound
    if entry.organisation_id != actor.organisation_id:
        raise Forbidden(_("Another partner wrote this headline."))
    return entry


def _write(row: Stakeholder, draft: StakeholderDraft) -> None:
    subject = find_subject(draft.subject_id)
    row.name, row.sort_key, row.kind = draft.name, fold(draft.name), draft.kind
    row.role, row.employer, row.source = draft.role, draft.employer, draft.source
    row.email, row.phone = draft.email or None, draft.phone or None
    row.person_id = subject.person_id if subject else None
    row.institution_id = subject.institution_id if subject else None
    row.search_text = fold(f"{draft.name} {draft.role} {draft.employer} {subject.name if subject else ''}")
    row.checked_on = today()


def _write_entry(entry: StakeholderEntry, draft: EntryDraft) -> None:
    entry.kind, entry.headline = draft.kind, draft.headline
    entry.happened_on = draft.happened_on or today()


def _check(actor: Actor, draft: StakeholderDraft) -> None:
    wrong: dict[str, str] = {}
    for field, words in (
        ("name", _("Enter the name.")),
        ("role", _("Say what their role is.")),
        ("source", _("Say where their role is public: a staff list, a byline, a press page.")),
    ):
        if not getattr(draft, field):
            wrong[field] = words
    for field in ("name", "role", "employer", "source", "email", "phone"):
        if len(getattr(draft, field)) > LONGEST:
            wrong[field] = _("That is longer than 200 characters.")
    if draft.kind not in list(StakeholderKind):
        wrong["kind"] = _("Choose what they are.")
    if draft.email:
        try:
            parse_email(draft.email)
        except ValueError as error:
            wrong["email"] = str(error)
    if draft.email and not wrong and (day := _removed_on(actor, _email_key(draft.email))):
        wrong["email"] = _(
            "On %(day)s this person asked not to stand in the directory. Leave them out.", day=day.isoformat()
        )
    if wrong:
        raise Invalid(_("Some of it is missing or wrong."), **wrong)


def _check_entry(draft: EntryDraft) -> None:
    wrong: dict[str, str] = {}
    if not draft.headline:
        wrong["headline"] = _("Say in a sentence what was said.")
    elif len(draft.headline) > HEADLINE_LENGTH:
        wrong["headline"] = _("Keep it below 280 characters.")
    if draft.kind not in list(EntryKind):
        wrong["entry_kind"] = _("Choose how.")
    if draft.happened_on and draft.happened_on > today():
        wrong["happened_on"] = _("That day is yet to come.")
    if wrong:
        raise Invalid(_("Some of it is missing or wrong."), **wrong)


def _cautions(actor: Actor, draft: StakeholderDraft) -> Iterator[Caution]:
    for field in ("role", "employer"):
        yield from text_cautions(field, getattr(draft, field), shared=True)
    if PRIVATE_MAIL.search(draft.email.lower()):
        words = _(
            "This looks like somebody’s own address, and every partner can read it. Use the one of their role."
        )
        yield Caution("private_mail", "email", words, caution_key("private_mail", draft.email))
    if MOBILE.match(draft.phone):
        words = _("This is a mobile number, and every partner can read it. Is it published with their role?")
        yield Caution("mobile", "phone", words, caution_key("mobile", draft.phone))
    if day := _removed_on(actor, _name_key(draft.name)):
        words = _(
            "On %(day)s somebody of this name asked not to stand in the directory. Make sure that this is another person.",
            day=day.isoformat(),
        )
        yield Caution("removed", "name", words, caution_key("removed", draft.name))


def _removed_on(actor: Actor, key: bytes) -> date | None:
    found: date | None = db.session.scalar(
        text("SELECT app.stakeholder_removed_on(:c, :k)"), {"c": actor.campaign_id, "k": key}
    )
    return found


def _email_key(email: str) -> bytes:
    return installation_hash("stakeholder", f"email:{canonical_email(email)}")


def _name_key(name: str) -> bytes:
    return installation_hash("stakeholder", f"name:{fold(name)}")
