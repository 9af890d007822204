"""In whose names a mailing speaks. Silence never puts a name under a letter, and one that is left out stops nobody."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete

from organising.mailings.models import Mailing, MailingReader, MailingSignatory
from organising.mailings.queries import list_signatories
from organising.mailings.queries.lines import agreed_in_advance
from organising.mailings.states import ON_NAME, Answer, Decision
from organising.organisations.queries import list_publishable
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.queue import enqueue_after_commit

from .decisions import list_silent, ring_for_sign_offs, standing_answers, standing_names
from .drafting import note_edit, open_for_edit

ASK = "organising.mailings.asking_jobs.ask_for_sign_off"
# Hours in which an organisation can answer before the mailing goes on without its name.
WINDOWS = (24, 48, 72, 168)
# Enough for a letter of which those who are asked agreed to every line in advance.
SHORTEST_WINDOW = 2
TOO_SHORT = (
    "Two hours are enough only for a letter made of lines that everybody asked agreed to in advance. "
    "Choose a longer time, or change the text."
)


def name_organisations(
    actor: Actor, mailing_id: UUID, organisation_ids: Collection[UUID], hours: int
) -> Mailing:
    """Choose which partners are to be asked for their name, and how long they have. It is an edit.

    Raises :class:`Invalid` for the own organisation, for one that may not be published, and for other hours.
    """
    mailing = open_for_edit(actor, mailing_id)
    offered = {one for one, _name in list_publishable(mailing.campaign_id)} - {mailing.organisation_id}
    if not set(organisation_ids) <= offered:
        raise Invalid("Only members of the coalition can be named under a letter.")
    if hours not in (SHORTEST_WINDOW, *WINDOWS):
        raise Invalid("Choose one of the times offered.")
    if hours == SHORTEST_WINDOW and not {str(one) for one in organisation_ids} <= agreed_in_advance(mailing):
        raise Invalid(TOO_SHORT)
    before = {one.signatory_id for one in list_signatories(mailing.id)}
    if before == set(organisation_ids) and mailing.objection_hours == hours:
        return mailing
    db.session.execute(
        delete(MailingSignatory)
        .where(
            MailingSignatory.organisation_id == mailing.organisation_id,
            MailingSignatory.mailing_id == mailing.id,
            MailingSignatory.signatory_id.not_in(organisation_ids),
        )
        .execution_options(synchronize_session=False)
    )
    db.session.add_all(
        MailingSignatory(
            organisation_id=mailing.organisation_id, mailing_id=mailing.id, signatory_id=organisation_id
        )
        for organisation_id in organisation_ids
        if organisation_id not in before
    )
    mailing.objection_hours = hours
    note_edit(actor, mailing, "names", named=len(set(organisation_ids)))
    return mailing


def freeze_names(mailing: Mailing) -> None:
    """Bind who is asked, and begin the time in which they can answer. Before the hash is taken.

    Raises :class:`Invalid` where the time was chosen for lines that the letter is not made of any more.
    """
    names = dict(list_publishable(mailing.campaign_id))
    asked = [one.signatory_id for one in list_signatories(mailing.id) if one.signatory_id in names]
    hurries = bool(asked) and mailing.objection_hours == SHORTEST_WINDOW
    if hurries and not {str(one) for one in asked} <= agreed_in_advance(mailing):
        raise Invalid(TOO_SHORT)
    mailing.asked_names = [[str(one), names[one]] for one in asked]
    mailing.named = []
    mailing.objections_until = now() + timedelta(hours=mailing.objection_hours) if asked else None


def lend_to_asked(mailing: Mailing) -> None:
    """Let every organisation that is asked read the mailing, and write to those of its people who can answer."""
    asked = {UUID(one) for one, _name in mailing.asked_names} | {mailing.review_organisation_id}
    for organisation_id in asked - {None}:
        if organisation_id != mailing.organisation_id:
            db.session.add(
                MailingReader(
                    organisation_id=mailing.organisation_id, mailing_id=mailing.id, reader_id=organisation_id
                )
            )
        enqueue_after_commit(
            ASK,
            organisation_id=organisation_id,
            row_id=mailing.id,
            purpose="ask_for_sign_off",
            queue="urgent",
        )
    if mailing.asked_names:
        ring_for_sign_offs(mailing, mailing.objection_hours * 3600)


def note_answers(mailing: Mailing, content_hash: str) -> list[list[str]]:
    """Copy what is on record onto the mailing's own rows; answers who stands under it now, as ``[id, name]``.

    In the owner's organisation only, which alone reads every answer.
    """
    if not mailing.asked_names:
        return []
    answers = standing_answers(mailing, content_hash)
    for signatory in list_signatories(mailing.id):
        one = answers.get(str(signatory.signatory_id))
        if one is None:
            signatory.take(Answer.NONE)
        else:
            signatory.take(ON_NAME[Decision(one.decision)], one.created_at, one.signer_label)
    db.session.flush()
    members = [one for one, _name in list_publishable(mailing.campaign_id)]
    return standing_names(mailing, answers, members)


def are_names_settled(mailing: Mailing) -> bool:
    """Whether everyone who was asked has answered, or had the time to."""
    return not list_silent(mailing)


def why_not_in_name(mailing: Mailing, content_hash: str) -> str | None:
    """Why a name that stands under the letter may not, or ``None``; from the sign-offs, not from what was noted."""
    if not mailing.named:
        return None
    members = [one for one, _name in list_publishable(mailing.campaign_id)]
    standing = standing_names(mailing, standing_answers(mailing, content_hash), members)
    gone = [name for name in mailing.named if name not in standing]
    if not gone:
        return None
    return f"{gone[0][1]} took its name back. What goes on leaves without it."
