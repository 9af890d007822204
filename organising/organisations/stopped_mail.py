"""Mail that each person may stop, a kind at a time, in each organisation for which they get it.

A domain that writes to colleagues registers the kind, sends to :func:`that_want` alone, and ends its mail with :func:`foot`.
What waits for somebody still stands on *Today*.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from ..platform import audit
from ..platform.actor import Actor
from ..platform.db import change_rows, db, new_id
from ..platform.errors import NotFound
from ..platform.links import SignedIds, address_of_page
from ..platform.permissions import Permission
from .models import StoppedMail


@dataclass(frozen=True)
class MailKind:
    """A kind of mail. ``title`` and ``when`` (a sentence) are lazy texts; it goes to those with ``permission``."""

    name: str
    title: object
    when: object
    permission: Permission


@dataclass(frozen=True)
class Choice:
    """A kind of mail that one person may get, and whether they stopped it."""

    kind: MailKind
    stopped: bool


_kinds: dict[str, MailKind] = {}


def register_mail(kind: MailKind) -> MailKind:
    """Have people choose whether they get this kind."""
    _kinds[kind.name] = kind
    return kind


def get_kind(name: str) -> MailKind:
    """A kind by its name. Raises ``NotFound``."""
    if name not in _kinds:
        raise NotFound
    return _kinds[name]


def list_choices(actor: Actor) -> list[Choice]:
    """What this person may get beside the daily digest, and what of it they stopped."""
    chosen = select(StoppedMail.kind).where(StoppedMail.user_id == actor.user_id)
    stopped = set(db.session.scalars(chosen))
    return [Choice(kind, kind.name in stopped) for kind in _kinds.values() if actor.can(kind.permission)]


def that_want(kind: MailKind, people: Sequence[tuple[Actor, str]]) -> list[tuple[Actor, str]]:
    """Those of the session's organisation's people who did not stop this kind."""
    stopped = set(db.session.scalars(select(StoppedMail.user_id).where(StoppedMail.kind == kind.name)))
    return [one for one in people if one[0].user_id not in stopped]


def foot(kind: MailKind, person: Actor) -> str:
    """The last lines of such a mail: the way to stop them."""
    assert person.user_id is not None
    token = _links(kind).token(person.organisation_id, person.user_id)
    link = address_of_page("organisations.stop_mail", kind=kind.name, token=token)
    words: str = _("To get no more mail of this kind:\n%(link)s", link=link)
    return words


def read_link(kind: MailKind, token: str) -> tuple[UUID, UUID]:
    """Organisation and person; raises ``NotFound`` for a token that was not made for this kind."""
    organisation_id, user_id = _links(kind).read(token)
    return organisation_id, user_id


def stop(actor: Actor, user_id: UUID, kind: MailKind) -> bool:
    """Send this person no more of it; returns whether that changed anything."""
    row = {"organisation_id": actor.organisation_id, "id": new_id(), "user_id": user_id, "kind": kind.name}
    kept = insert(StoppedMail).values(row).on_conflict_do_nothing().returning(StoppedMail.id)
    return _noted(actor, bool(db.session.execute(kept).all()), "mail.stopped", user_id, kind)


def resume(actor: Actor, user_id: UUID, kind: MailKind) -> bool:
    """Send this person such mail again; returns whether that changed anything."""
    gone = delete(StoppedMail).where(StoppedMail.user_id == user_id, StoppedMail.kind == kind.name)
    return _noted(actor, bool(change_rows(gone)), "mail.resumed", user_id, kind)


def _links(kind: MailKind) -> SignedIds:
    return SignedIds(f"organisations.stop_mail.{kind.name}", 2)


def _noted(actor: Actor, changed: bool, action: str, user_id: UUID, kind: MailKind) -> bool:
    if changed:
        audit.record(actor, action, "mail", user_id, kind=kind.name)
    return changed
