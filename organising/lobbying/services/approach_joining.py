"""Several partners and one approach: asking to join, answering, and handing the whole over."""

from collections.abc import Collection
from uuid import UUID

from flask_babel import gettext as _

from organising.lobbying.approach_states import OPEN
from organising.lobbying.models import Approach, ApproachDeed, ApproachJoin, JoinDecision, NoticeKind
from organising.lobbying.queries.approaches import JoinRow, get_approach, list_joins
from organising.lobbying.services.approach_changes import change, note_event, open_approach, tell_others
from organising.lobbying.services.approach_steps import check_words
from organising.lobbying.services.notices import tell_about
from organising.lobbying.services.shared import authorship
from organising.organisations.queries import list_campaign_organisations
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.cautions import ask_first, text_cautions
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid, NotFound
from organising.platform.permissions import Permission


def ask_to_join(
    actor: Actor, approach_id: UUID, *, words: str = "", confirmed: Collection[str] = ()
) -> Approach:
    """Ask another partner to take one's own organisation along; asked twice is asked once.

    Raises NotFound, Forbidden, Conflict for one's own and for one that is over, NeedsConfirmation.
    """
    actor.check(Permission.APPROACHES_RESERVE)
    approach = get_approach(actor, approach_id)
    if approach.organisation_id == actor.organisation_id:
        raise Conflict(_("Your own organisation holds this approach."))
    if approach.state not in OPEN:
        raise Conflict(_("This approach is over. Reserve them yourselves."))
    kept = _find_join(approach_id, actor.organisation_id)
    if kept is not None and (kept.is_open or kept.is_accepted):
        return approach
    check_words(words)
    ask_first(text_cautions("words", words, shared=True), confirmed)
    _decide(actor, approach, actor.organisation_id, JoinDecision.ASKED, words)
    tell_about(
        actor,
        approach,
        approach.organisation_id,
        NoticeKind.JOIN_ASKED,
        _("%(partner)s asks to join your approach to %(name)s.",
          partner=actor.organisation_name, name=approach.subject_name),
    )  # fmt: skip
    return approach


def withdraw_from(actor: Actor, approach_id: UUID) -> Approach:
    """Take back the wish to join, or leave what one has joined."""
    actor.check(Permission.APPROACHES_RESERVE)
    approach = get_approach(actor, approach_id)
    kept = _find_join(approach_id, actor.organisation_id)
    if kept is None or not (kept.is_open or kept.is_accepted):
        return approach
    _decide(actor, approach, actor.organisation_id, JoinDecision.WITHDRAWN, "")
    tell_about(
        actor,
        approach,
        approach.organisation_id,
        NoticeKind.JOIN_ANSWERED,
        _("%(partner)s no longer joins your approach to %(name)s.",
          partner=actor.organisation_name, name=approach.subject_name),
    )  # fmt: skip
    return approach


def answer_join(
    actor: Actor,
    approach_id: UUID,
    joiner_id: UUID,
    *,
    accepted: bool,
    words: str = "",
    confirmed: Collection[str] = (),
) -> Approach:
    """Accept or decline a partner that asked to join; a newer answer goes before an older one.

    Raises NotFound where it has not asked, Forbidden for who neither holds the approach nor coordinates.
    """
    approach = open_approach(actor, approach_id)
    kept = _find_join(approach_id, joiner_id)
    if kept is None:
        raise NotFound
    decision = JoinDecision.ACCEPTED if accepted else JoinDecision.DECLINED
    if kept.decision == decision:
        return approach
    check_words(words)
    ask_first(text_cautions("words", words, shared=True), confirmed)
    _decide(actor, approach, joiner_id, decision, words)
    said = (
        _("%(partner)s takes you along to %(name)s.",
          partner=approach.organisation.short_name, name=approach.subject_name)
        if accepted
        else _("%(partner)s would rather approach %(name)s alone.",
               partner=approach.organisation.short_name, name=approach.subject_name)
    )  # fmt: skip
    tell_about(actor, approach, joiner_id, NoticeKind.JOIN_ANSWERED, said)
    return approach


def hand_over(
    actor: Actor,
    approach_id: UUID,
    organisation_id: UUID,
    *,
    words: str = "",
    confirmed: Collection[str] = (),
) -> Approach:
    """Give an approach to another partner, at once: by who holds it, or any by the coordinator. Both are told.

    The new holder says who of it sees to it. Raises NotFound, Forbidden, Conflict, Invalid by field.
    """
    approach = open_approach(actor, approach_id)
    if approach.organisation_id == organisation_id:
        return approach
    if approach.state not in OPEN:
        raise Conflict(_("This approach is over. There is nothing to hand over."))
    partners = {one.id: one.short_name for one in list_campaign_organisations(actor.campaign_id)}
    if organisation_id not in partners:
        raise Invalid(
            _("Nothing was handed over yet."), organisation_id=_("Choose a partner of the campaign.")
        )
    check_words(words)
    ask_first(text_cautions("words", words, shared=True), confirmed)
    said = _(
        "The approach to %(name)s was handed over from %(before)s to %(after)s.",
        name=approach.subject_name,
        before=approach.organisation.short_name,
        after=partners[organisation_id],
    )
    tell_others(actor, approach, NoticeKind.HANDED_OVER, said)
    # The line of history first: afterwards the approach is another's, who alone may add one.
    note_event(actor, approach, ApproachDeed.HANDED_OVER, words=words, to_organisation_id=organisation_id)
    change(actor, approach, organisation_id=organisation_id, owner_label="")
    db.session.expire(approach, ["organisation"])
    tell_about(actor, approach, organisation_id, NoticeKind.HANDED_OVER, said)
    return approach


def _find_join(approach_id: UUID, joiner_id: UUID) -> JoinRow | None:
    rows = list_joins([approach_id]).get(approach_id, [])
    return next((one for one in rows if one.joiner.id == joiner_id), None)


def _decide(actor: Actor, approach: Approach, joiner_id: UUID, decision: JoinDecision, words: str) -> None:
    row = ApproachJoin(
        approach_id=approach.id,
        joiner_id=joiner_id,
        decision=decision,
        words=" ".join(words.split()),
        **authorship(actor),
    )
    db.session.add(row)
    audit.record(actor, f"approach.join_{decision}", "approach", approach.id)
    db.session.flush()
