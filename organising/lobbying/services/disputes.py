"""Settling disputes: one resolver says where someone stands and why, and the partners concerned are told."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from organising.lobbying.models import DisputeResolution, DisputeResolver, NoticeKind, Position
from organising.lobbying.models.positions import LONGEST_REASON
from organising.lobbying.queries.disputes import Dispute, get_dispute, may_settle
from organising.lobbying.queries.positions import CurrentPosition, side_of
from organising.lobbying.services.notices import tell_partner
from organising.lobbying.services.shared import authorship
from organising.organisations.models import CampaignMember, CoalitionStatus
from organising.organisations.queries import list_campaign_organisations
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.cautions import ask_first, text_cautions
from organising.platform.db import db
from organising.platform.errors import Conflict, Forbidden, Invalid
from organising.platform.locks import take_turns
from organising.platform.permissions import Permission


@dataclass(frozen=True)
class SettlementDraft:
    """A settlement about to be made. ``seen``: the fingerprint of the dispute that the form was shown with."""

    position: str
    reason: str
    seen: str

    @property
    def line(self) -> str:
        """The reason on one line."""
        return " ".join(self.reason.split())


class DisputeMoved(Conflict):
    """A partner said something new while the settlement was written."""

    code = "dispute_moved"

    def __init__(self) -> None:
        super().__init__(_("A partner added something while you were writing. Read the claims again."))


def settle_dispute(
    actor: Actor, person_id: UUID, ask_id: UUID, draft: SettlementDraft, *, confirmed: Collection[str] = ()
) -> DisputeResolution:
    """Say where the person stands, with a reason, and tell the organisations whose claims stand.

    Also changes an earlier settlement. Raises NotFound, Forbidden, Invalid by field, NeedsConfirmation, DisputeMoved.
    """
    # Of two who settle it at the same instant, the second sees what the first did.
    take_turns("dispute", person_id, ask_id)
    dispute = get_dispute(actor, person_id, ask_id)
    if not may_settle(actor, dispute.resolver):
        raise Forbidden(_("The coordinator settles this, or the organisation that was named for it."))
    if wrong := _check(draft):
        raise Invalid(_("The dispute is not settled yet."), **wrong)
    if draft.seen != dispute.fingerprint:
        raise DisputeMoved
    if not dispute.current.disputed and dispute.current.settlement is None:
        raise Invalid(_("There is nothing to settle: partners do not contradict each other."))
    ask_first(text_cautions("reason", draft.line, shared=True), confirmed)
    made = DisputeResolution(
        person_id=person_id,
        ask_id=ask_id,
        position=draft.position,
        reason=draft.line,
        claim_ids=[claim.claim_id for claim in dispute.current.standing],
        **authorship(actor),
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "dispute.settled", "dispute_resolution", made.id, position=made.position)
    _tell_claimants(actor, dispute, made)
    return made


def name_resolver(
    actor: Actor, person_id: UUID, ask_id: UUID, organisation_id: UUID | None
) -> DisputeResolver:
    """Name the organisation that settles a dispute; the coordinator may still settle it. The named one is told.

    Raises NotFound, Forbidden, Invalid.
    """
    actor.check(Permission.DISPUTES_RESOLVE)
    dispute = get_dispute(actor, person_id, ask_id)
    partners = {one.id for one in list_campaign_organisations(actor.campaign_id)}
    if organisation_id not in partners:
        raise Invalid(_("Nobody was named yet."), organisation=_("Choose one of the partners."))
    named = DisputeResolver(
        person_id=person_id, ask_id=ask_id, resolver_organisation_id=organisation_id, **authorship(actor)
    )
    db.session.add(named)
    db.session.flush()
    audit.record(actor, "dispute.resolver_named", "dispute_resolver", named.id)
    words = _(
        "Please settle where %(person)s stands on %(code)s: partners say different things.",
        person=dispute.person.name,
        code=dispute.ask.code,
    )
    assert organisation_id is not None
    tell_partner(actor, organisation_id, NoticeKind.DISPUTE, words, person_id=person_id)
    return named


def tell_of_dispute(
    actor: Actor, person_id: UUID, ask_id: UUID, before: CurrentPosition, after: CurrentPosition
) -> None:
    """Tell the partners on the other side when the actor's new claim began a dispute."""
    if before.disputed or not after.disputed:
        return
    own = next(claim for claim in after.standing if claim.organisation_id == actor.organisation_id)
    dispute = get_dispute(actor, person_id, ask_id)
    names = {"person": dispute.person.name, "code": dispute.ask.code}
    others = [claim for claim in after.standing if side_of(claim.position) * side_of(own.position) < 0]
    contradicted = {claim.organisation_id for claim in others}
    for organisation_id in contradicted:
        words = _(
            "We see %(person)s on the other side of %(code)s than you do. It is disputed until it is settled.",
            **names,
        )
        tell_partner(actor, organisation_id, NoticeKind.DISPUTE, words, person_id=person_id)
    resolver_id = dispute.resolver.organisation_id if dispute.resolver else _find_lead(actor)
    if resolver_id is not None and resolver_id not in contradicted:
        words = _("Where %(person)s stands on %(code)s is disputed, and yours to settle.", **names)
        tell_partner(actor, resolver_id, NoticeKind.DISPUTE, words, person_id=person_id)


def _check(draft: SettlementDraft) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if draft.position not in list(Position):
        wrong["position"] = _("Choose where they stand.")
    if not draft.line:
        wrong["reason"] = _("Say why: both partners will read it.")
    elif len(draft.line) > LONGEST_REASON:
        wrong["reason"] = _("Use at most %(most)s characters.", most=LONGEST_REASON)
    return wrong


def _tell_claimants(actor: Actor, dispute: Dispute, made: DisputeResolution) -> None:
    words = _(
        "Settled where %(person)s stands on %(code)s: %(reason)s",
        person=dispute.person.name,
        code=dispute.ask.code,
        reason=made.reason,
    )
    for organisation_id in _claimants(dispute):
        tell_partner(actor, organisation_id, NoticeKind.DISPUTE, words, person_id=dispute.person.id)


def _claimants(dispute: Dispute) -> Iterator[UUID]:
    yield from dict.fromkeys(claim.organisation_id for claim in dispute.current.standing)


def _find_lead(actor: Actor) -> UUID | None:
    return db.session.scalar(
        select(CampaignMember.organisation_id).where(
            CampaignMember.campaign_id == actor.campaign_id,
            CampaignMember.coalition_status == CoalitionStatus.LEAD,
        )
    )
