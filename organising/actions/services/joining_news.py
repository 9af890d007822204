"""Mail about joining forces: each decision once to whom it concerns. It names the two actions, and none of the proposal's words."""

from collections.abc import Iterator
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from organising.actions.models import ActionJoining, ActionJoiningNotice, BranchAction
from organising.actions.queries.joining_news import list_concerned, list_to_tell, list_told_of
from organising.actions.states import Joining
from organising.organisations.stopped_mail import MailKind, foot, register_mail, that_want
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import find
from organising.platform.links import address_of_page
from organising.platform.message import OutgoingMail
from organising.platform.notices import Notice, tell
from organising.platform.permissions import Permission

MAIL = register_mail(
    MailKind(
        "joining",
        _l("Mail about joining forces"),
        _l("When a partner asks to run its action and yours together, answers you, or parts again."),
        Permission.ACTIONS_CREATE,
    )
)


def list_untold(actor: Actor) -> list[UUID]:
    """Partners' decisions of late of which somebody whom they concern has not been told."""
    return [row.id for row in list_to_tell(actor.organisation_id, now()) if list(_untold(actor, row))]


def tell_of_joining(actor: Actor, decision_id: UUID) -> None:
    """Write to whom of the actor's organisation a partner's decision concerns; not twice, nor once it was overtaken."""
    row = next((one for one in list_to_tell(actor.organisation_id, now()) if one.id == decision_id), None)
    ours, theirs = (
        (find(BranchAction, one) for one in (row.other_action_id, row.action_id)) if row else (None, None)
    )
    if row is None or ours is None or theirs is None:
        return
    letters = [
        (user_id, _compose(person, email, row, ours, theirs))
        for user_id, person, email in _untold(actor, row)
    ]
    for user_id, mail in letters:
        notice = Notice(
            ActionJoiningNotice,
            organisation_id=actor.organisation_id,
            decision_id=decision_id,
            user_id=user_id,
        )
        tell(mail, notice, what="joining_notice")


def _untold(actor: Actor, row: ActionJoining) -> Iterator[tuple[UUID, Actor, str]]:
    told = list_told_of(row.id)
    for person, email in that_want(MAIL, list_concerned(actor, row.other_action_id)):
        if person.user_id is not None and person.user_id not in told:
            yield person.user_id, person, email


def _compose(
    person: Actor, email: str, row: ActionJoining, ours: BranchAction, theirs: BranchAction
) -> OutgoingMail:
    values = {"partner": row.organisation.name, "ours": ours.title, "theirs": theirs.title}
    subject, what = _words(Joining(row.decision), values)
    page = address_of_page("actions.partners", action_id=str(ours.id))
    parts = [
        _("Hello %(name)s,", name=person.display_name),
        what,
        page,
        _("You get this once."),
        foot(MAIL, person),
    ]
    return OutgoingMail(to=email, subject=subject, text="\n\n".join(parts) + "\n")


def _words(decision: Joining, values: dict[str, str]) -> tuple[str, str]:
    if decision is Joining.PROPOSED:
        return (
            _("%(partner)s asks to join forces: %(ours)s", **values),
            _(
                "%(partner)s asks to run “%(theirs)s” and your “%(ours)s” together. Those who approve your actions "
                "answer; read the proposal here:",
                **values,
            ),
        )
    if decision is Joining.ACCEPTED:
        return (
            _("%(partner)s joins forces with you: %(ours)s", **values),
            _("%(partner)s accepted: “%(theirs)s” and your “%(ours)s” are run together now.", **values),
        )
    if decision is Joining.DECLINED:
        return (
            _("%(partner)s does not join forces: %(ours)s", **values),
            _("%(partner)s declined to run “%(theirs)s” and your “%(ours)s” together.", **values),
        )
    return (
        _("%(partner)s runs its action apart again: %(ours)s", **values),
        _("%(partner)s no longer runs “%(theirs)s” together with your “%(ours)s”.", **values),
    )
