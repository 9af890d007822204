"""Follow-ups: what someone will do next, kept until it's done."""

from collections.abc import Collection
from uuid import UUID

from flask_babel import gettext as _

from organising.lobbying.models import FollowUp
from organising.lobbying.queries.follow_ups import get_follow_up, list_open_on
from organising.lobbying.services.drafts import FollowUpDraft, check_follow_up
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.cautions import ask_first, text_cautions
from organising.platform.db import db, get_or_404, new_id
from organising.platform.errors import Forbidden, Invalid
from organising.platform.permissions import Permission
from organising.representatives.models import Institution, Person


def add_follow_up(
    actor: Actor,
    person_id: UUID | None,
    draft: FollowUpDraft,
    *,
    institution_id: UUID | None = None,
    engagement_id: UUID | None = None,
    confirmed: Collection[str] | None = (),
) -> FollowUp:
    """Keep a follow-up of the actor's own about a person or an institution; the same one, open, is not kept twice.

    ``confirmed=None`` where the cautions were answered with the whole form. Raises NotFound, Forbidden,
    Invalid by field, NeedsConfirmation.
    """
    actor.check(Permission.ENGAGEMENTS_LOG)
    if actor.user_id is None:
        raise Forbidden(_("A follow-up needs a person who does it."))
    if person_id is not None:
        get_or_404(Person, person_id)
    else:
        get_or_404(Institution, institution_id or new_id())
    if wrong := check_follow_up(draft):
        raise Invalid(_("The follow-up was not kept yet."), **wrong)
    if confirmed is not None:
        ask_first(text_cautions("what", draft.what, shared=False), confirmed)
    same = _find_same(actor, person_id or institution_id, draft)
    if same is not None and engagement_id in (None, same.engagement_id):
        return same
    follow_up = FollowUp(
        person_id=person_id,
        institution_id=institution_id,
        engagement_id=engagement_id,
        due_on=draft.due_on,
        owner_user_id=actor.user_id,
        unit_id=actor.unit_id,
    )
    follow_up.what = " ".join(draft.what.split())
    db.session.add(follow_up)
    db.session.flush()
    audit.record(actor, "follow_up.added", "follow_up", follow_up.id)
    return follow_up


def finish_follow_up(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """Mark a follow-up done; done twice is done once. Raises NotFound beyond the actor's reach."""
    return _turn(actor, follow_up_id, done=True)


def reopen_follow_up(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """Undo :func:`finish_follow_up`."""
    return _turn(actor, follow_up_id, done=False)


def _turn(actor: Actor, follow_up_id: UUID, *, done: bool) -> FollowUp:
    actor.check(Permission.ENGAGEMENTS_LOG)
    follow_up = get_follow_up(actor, follow_up_id)
    changed = follow_up.finish() if done else follow_up.reopen()
    if changed:
        audit.record(actor, "follow_up.finished" if done else "follow_up.reopened", "follow_up", follow_up.id)
        db.session.flush()
    return follow_up


def _find_same(actor: Actor, subject_id: UUID | None, draft: FollowUpDraft) -> FollowUp | None:
    open_ones = list_open_on(actor, subject_id, draft.due_on)
    return next((one for one in open_ones if one.what == " ".join(draft.what.split())), None)
