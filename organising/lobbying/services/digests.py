"""The daily digest: its words, who stops it, and the one row that lets it go out once a day."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import or_, update
from sqlalchemy.dialects.postgresql import insert

from organising.lobbying.digest_links import digest_token
from organising.lobbying.models import CommitmentKind, DigestSetting, InformationRequest
from organising.lobbying.queries.commitments import CommitmentRow
from organising.lobbying.queries.digest import Digest, find_digest_setting
from organising.lobbying.queries.follow_ups import FollowUpRow
from organising.lobbying.words import COMMITMENT_KINDS
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.links import address_of_page
from organising.platform.message import OutgoingMail
from organising.platform.ui import longdate


def stop_digest(actor: Actor, user_id: UUID) -> bool:
    """Send this person no more digests; returns whether that changed anything."""
    changed = _setting(actor.organisation_id, user_id).stop(now())
    return _noted(actor, changed, "digest.stopped", user_id)


def resume_digest(actor: Actor, user_id: UUID) -> bool:
    """Send this person digests again; returns whether that changed anything."""
    changed = _setting(actor.organisation_id, user_id).resume()
    return _noted(actor, changed, "digest.resumed", user_id)


def claim_digest(organisation_id: UUID, user_id: UUID, on: date) -> bool:
    """Take the right to send this person's digest of a day. True once a day, over all workers; never after a stop."""
    statement = insert(DigestSetting).values(
        organisation_id=organisation_id, id=new_id(), user_id=user_id, sent_for=on
    )
    claimed = db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["organisation_id", "user_id"],
            set_={"sent_for": on},
            where=DigestSetting.stopped_at.is_(None)
            & or_(DigestSetting.sent_for.is_(None), DigestSetting.sent_for < on),
        ).returning(DigestSetting.id)
    ).all()
    return bool(claimed)


def give_digest_back(user_id: UUID, on: date) -> None:
    """Let go of a right that came to nothing, so that the sweep tries again while it is morning."""
    given = update(DigestSetting).where(DigestSetting.user_id == user_id, DigestSetting.sent_for == on)
    db.session.execute(given.values(sent_for=None).execution_options(synchronize_session=False))


def compose_digest(actor: Actor, email: str, digest: Digest) -> OutgoingMail:
    """The message. It names representatives, institutions, days, promises and requests, which partners read too; no private
    word of a note or a follow-up, since mail passes through other hands.
    """
    assert actor.user_id is not None
    stop = address_of_page("lobbying.stop_digest", token=digest_token(actor.organisation_id, actor.user_id))
    parts = [_("Good morning, %(name)s.", name=actor.display_name)]
    if digest.follow_ups:
        title = ngettext("%(num)d follow-up is due:", "%(num)d follow-ups are due:", len(digest.follow_ups))
        parts.append(_section(title, [_follow_up(row) for row in digest.follow_ups], "lobbying.follow_ups"))
    if digest.promises:
        title = ngettext(
            "%(num)d promise that you chase is due:",
            "%(num)d promises that you chase are due:",
            len(digest.promises),
        )
        parts.append(_section(title, [_promise(row) for row in digest.promises], "lobbying.commitments"))
    if digest.requests:
        title = ngettext(
            "%(num)d answer to a request for information is due:",
            "%(num)d answers to requests for information are due:",
            len(digest.requests),
        )
        lines = [_request(one) for one in digest.requests]
        parts.append(_section(title, lines, "lobbying.requests", whose="mine"))
    if digest.tasks_due or digest.task_news:
        parts.append(_tasks(digest))
    parts += [_section(part.title, list(part.lines), part.endpoint) for part in digest.parts]
    if digest.notices:
        title = _("For %(name)s, from partners:", name=actor.organisation_name)
        parts.append(_section(title, _each_once(notice.words for notice in digest.notices), "pages.today"))
    if digest.matches:
        title = ngettext(
            "%(num)d act in Parliament may have kept a promise. Is it the one?",
            "%(num)d acts in Parliament may have kept promises. Are they the ones?",
            digest.matches,
        )
        parts.append(_section(title, [], "lobbying.matches"))
    parts.append(_("You get this in the morning when something is due. To stop it:\n%(link)s", link=stop))
    subject = _("What is due today")
    return OutgoingMail(to=email, subject=subject, text="\n\n".join(parts) + "\n")


def _tasks(digest: Digest) -> str:
    """How many, and no word of any: they are colleagues' private words."""
    lines = []
    if due := digest.tasks_due:
        lines.append(ngettext("%(num)d is due.", "%(num)d are due.", due))
    if digest.task_news:
        lines.append(ngettext("%(num)d thing is new.", "%(num)d things are new.", digest.task_news))
    return _section(_("Your tasks:"), lines, "tasks.index")


def _each_once(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(lines))


def _follow_up(row: FollowUpRow) -> str:
    line: str = _("%(name)s, by %(day)s", name=row.follow_up.subject_name, day=longdate(row.follow_up.due_on))
    return line


def _promise(row: CommitmentRow) -> str:
    promise = row.commitment
    assert promise.due_on is not None
    line: str = _(
        "%(name)s: %(what)s, by %(day)s",
        name=promise.subject_name,
        what=COMMITMENT_KINDS[CommitmentKind(promise.kind)],
        day=longdate(promise.due_on),
    )
    return line


def _request(one: InformationRequest) -> str:
    line: str = _(
        "%(name)s: %(what)s, by %(day)s", name=one.institution.name, what=one.title, day=longdate(one.due_on)
    )
    return line


def _section(title: str, lines: list[str], endpoint: str, **values: str) -> str:
    return "\n".join([title, *(f"- {line}" for line in lines), address_of_page(endpoint, **values)])


def _setting(organisation_id: UUID, user_id: UUID) -> DigestSetting:
    found = find_digest_setting(organisation_id, user_id)
    if found is None:
        found = DigestSetting(organisation_id=organisation_id, user_id=user_id)
        db.session.add(found)
        db.session.flush()
    return found


def _noted(actor: Actor, changed: bool, action: str, user_id: UUID) -> bool:
    if changed:
        db.session.flush()
        audit.record(actor, action, "digest", user_id)
    return changed
