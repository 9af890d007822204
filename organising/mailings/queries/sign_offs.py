"""What organisations put on record about a mailing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from organising.mailings.content import Texts
from organising.mailings.models import Mailing, MailingSignatory, SignOff, SignOffRequest
from organising.mailings.queries.lines import agreed_in_advance
from organising.mailings.queries.mailings import common_values
from organising.mailings.states import Answer, Decision, MailingState
from organising.organisations.queries import list_publishable
from organising.platform.db import db
from organising.platform.differences import Passage, compare_texts


def list_sign_offs(mailing: Mailing) -> Sequence[SignOff]:
    """What was put on record about a mailing, oldest first; what this session's organisation may
    see of it.
    """
    statement = (
        select(SignOff)
        .where(SignOff.mailing_organisation_id == mailing.organisation_id, SignOff.mailing_id == mailing.id)
        .order_by(SignOff.created_at, SignOff.id)
    )
    return db.session.scalars(statement).all()


def find_last_decision(
    mailing_id: UUID, organisation_id: UUID, content_hash: str, about: Collection[Decision]
) -> SignOff | None:
    """The last of these decisions that an organisation put on record about one content of a mailing, also of one
    that it is not shown any more.
    """
    statement = select(SignOff).where(
        SignOff.organisation_id == organisation_id,
        SignOff.mailing_id == mailing_id,
        SignOff.content_hash == content_hash,
        SignOff.decision.in_(about),
    )
    latest = statement.order_by(SignOff.created_at.desc(), SignOff.id.desc()).limit(1)
    return db.session.scalars(latest).one_or_none()


def list_signatories(mailing_id: UUID) -> Sequence[MailingSignatory]:
    """The organisations asked, or to be asked, for their name, with what each answered."""
    statement = select(MailingSignatory).where(MailingSignatory.mailing_id == mailing_id)
    return db.session.scalars(statement.order_by(MailingSignatory.created_at, MailingSignatory.id)).all()


def texts_of(mailing: Mailing) -> Texts:
    """The texts as a page shows them: until approval, with the names of all that have not left themselves out.

    Raises ``Unparsable``.
    """
    return Texts.of(mailing, common_values(mailing), shown_names(mailing))


def shown_names(mailing: Mailing) -> list[list[str]]:
    """Who would stand under the letter as it is now, as ``[id, name]``; frozen from approval on."""
    if mailing.approved_at is not None:
        return list(mailing.named)
    signatories = list_signatories(mailing.id)
    names = dict(list_publishable(mailing.campaign_id)) if signatories else {}
    return [
        [str(one.signatory_id), names[one.signatory_id]]
        for one in signatories
        if one.signatory_id in names and one.answer != Answer.DROPPED_OUT
    ]


@dataclass(frozen=True)
class Named:
    """An organisation asked, or to be asked, for its name: what a page tells of it."""

    name: str
    answer: Answer
    at: datetime | None
    by: str | None
    stands: bool
    in_advance: bool


def list_named(mailing: Mailing, on_record: Mapping[str, SignOff]) -> list[Named]:
    """Who was or is to be asked for their name, with the answer; ``stands``: it is under what leaves.

    ``on_record`` are answers by organisation, which may be newer than what the mailing's own job has noted.
    """
    signatories = list_signatories(mailing.id)
    names = {UUID(one): name for one, name in mailing.asked_names}
    if signatories and mailing.is_draft:
        names = dict(list_publishable(mailing.campaign_id))
    named = {UUID(one) for one, _name in mailing.named}
    in_advance = agreed_in_advance(mailing) if signatories else frozenset()
    return [
        Named(
            names[one.signatory_id],
            *_answer_of(one, on_record.get(str(one.signatory_id))),
            one.signatory_id in named,
            str(one.signatory_id) in in_advance,
        )
        for one in signatories
        if one.signatory_id in names
    ]


def _answer_of(
    signatory: MailingSignatory, on_record: SignOff | None
) -> tuple[Answer, datetime | None, str | None]:
    if on_record is None:
        return Answer(signatory.answer), signatory.answered_at, signatory.answered_by
    said = Answer.ENDORSED if on_record.decision == Decision.ENDORSE else Answer.DROPPED_OUT
    return said, on_record.created_at, on_record.signer_label


def was_asked(mailing_id: UUID, content_hash: str, user_id: UUID) -> bool:
    """Whether this person of the current organisation was written to about exactly this content."""
    found = db.session.query(SignOffRequest).filter_by(
        mailing_id=mailing_id, content_hash=content_hash, user_id=user_id
    )
    return db.session.query(found.exists()).scalar() is True


def list_asked(organisation_id: UUID) -> Sequence[Mailing]:
    """Mailings that wait for this organisation, the longest waiting first."""
    statement = select(Mailing).where(Mailing.state == MailingState.IN_REVIEW, is_asked(organisation_id))
    return db.session.scalars(statement.order_by(Mailing.asked_at, Mailing.id)).all()


def list_unsent(organisation_id: UUID) -> Sequence[Mailing]:
    """Mailings signed off for which nobody has pressed Send, which this organisation wrote or signed off."""
    pressed = exists().where(
        SignOff.mailing_organisation_id == Mailing.organisation_id,
        SignOff.mailing_id == Mailing.id,
        SignOff.content_hash == Mailing.content_hash,
        SignOff.decision == Decision.RELEASE,
    )
    statement = select(Mailing).where(
        Mailing.state == MailingState.APPROVED,
        or_(Mailing.organisation_id == organisation_id, Mailing.review_organisation_id == organisation_id),
        ~pressed,
    )
    return db.session.scalars(statement.order_by(Mailing.approved_at, Mailing.id)).all()


def is_asked(organisation_id: UUID) -> ColumnElement[bool]:
    """Whether a mailing waits for this organisation: for its sign-off or for its name."""
    asked = exists().where(
        MailingSignatory.organisation_id == Mailing.organisation_id,
        MailingSignatory.mailing_id == Mailing.id,
        MailingSignatory.signatory_id == organisation_id,
        MailingSignatory.answer == Answer.NONE,
    )
    # The owner's job notes an answer a moment later.
    answered = exists().where(
        SignOff.organisation_id == organisation_id,
        SignOff.mailing_id == Mailing.id,
        SignOff.content_hash == Mailing.content_hash,
        SignOff.decision.in_([Decision.ENDORSE, Decision.DROP_OUT]),
    )
    return or_(Mailing.review_organisation_id == organisation_id, and_(asked, ~answered))


@dataclass(frozen=True)
class SinceDecided:
    """What a text says otherwise than when an organisation last decided on it: marked words of both parts."""

    sign_off: SignOff
    subject: list[Passage]
    body: list[Passage]


def changed_since(mailing: Mailing, organisation_id: UUID) -> SinceDecided | None:
    """What changed since an organisation's last decision on an earlier text; ``None`` where nothing did."""
    own = [one for one in list_sign_offs(mailing) if one.organisation_id == organisation_id and one.shown]
    last = own[-1] if own else None
    if last is None or last.shown is None:
        return None
    before = str(last.shown.get("subject", "")), str(last.shown.get("body", ""))
    if before == (mailing.subject, mailing.body):
        return None
    return SinceDecided(
        last, compare_texts(before[0], mailing.subject), compare_texts(before[1], mailing.body)
    )
