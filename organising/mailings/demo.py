"""The demo's mailings: a draft, one that waits for the lead's sign-off, one sent earlier. To invented
members only. And what its letters are written with: signatures, templates, words for some readers.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from organising.mailings.incoming import demo as demo_replies
from organising.mailings.models import Delivery, Mailing, MailingTemplate
from organising.mailings.queries import candidates
from organising.mailings.services import decisions, drafting, outbox, review, sending, signatories, texts
from organising.mailings.services.drafting import Wording
from organising.mailings.states import Decision, DeliveryState, MailingState
from organising.organisations.models import Ask
from organising.organisations.queries import list_publishable
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.message import address_of
from organising.platform.tenancy import Context, use_context

SCHOOLS = """Dear {{ salutation }},

We are teachers and support staff who work in schools in {{ constituency }} and beyond. Parents tell us \
that they are afraid to give the school their details, because they do not know who will see them.

We ask you to support one promise: {{ ask }}.

Would you meet two of us at your next surgery?

Yours sincerely,
{{ organisation }}
"""
SURGERIES = """Dear {{ salutation }},

Nobody in {{ constituency }} should stay away from a doctor for fear of an immigration officer.

Our ask is short. {{ ask }}. May we count on you to say so in the debate?

Yours sincerely,
{{ organisation }}
"""
DEBATE = """Dear {{ salutation }},

We write from {{ organisation }}. Nobody in {{ constituency }} should stay away from a doctor for fear of an \
immigration officer.

{{ if promised }}
You promised to help with our ask, and we thank you for it: {{ ask }}. Will you say so in the debate?
{{ else }}
Our ask is short. {{ ask }}. May we count on you to say so in the debate?
{{ end }}

{{ signature }}
"""
VISIT = """Dear {{ salutation }},

We are neighbours in {{ constituency }} and write from {{ organisation }}.

{{ if position is supporter }}
You have said that you are with us. Would you come and meet the people for whom it matters?
{{ else }}
Before you make up your mind, would you come and meet the people for whom it matters?
{{ end }}

{{ signature }}
"""
SIGNATURES = {
    "Liberty": "Yours sincerely,\nThe campaigns team at Liberty",
    "Praxis": "With kind regards,\nNeighbours at Praxis",
}


def seed(coordinator: Actor, deputy: Actor, partner_organiser: Actor) -> None:
    """Seed the three, each in sessions of its own, and commit. Does nothing where the lead has a mailing
    already.

    ``coordinator`` and ``deputy`` belong to the lead, ``partner_organiser`` to a partner; the representatives
    must have been seeded before. Runs within an application context.
    """
    with use_context(_as(coordinator)) as session:
        if session.scalar(select(func.count()).select_from(Mailing)):
            return
    _sent_earlier(coordinator, deputy)
    demo_replies.seed(coordinator)
    for actor in (coordinator, partner_organiser):
        with use_context(_as(actor)) as session:
            texts.sign_with(actor, SIGNATURES[actor.organisation_name])
            if actor is partner_organiser:
                session.add(_visit_template(actor))
            session.commit()
    subject = "Before the debate on patients’ data"
    draft = _compose(coordinator, "Patients, before the debate", subject, DEBATE, "HLT-4", 40)
    _keep(coordinator, draft, "Before a debate")
    waiting = _compose(
        partner_organiser,
        "Schools are safe places",
        "A question from schools in {{ constituency }}",
        SCHOOLS,
        "EDU-1",
        60,
    )
    with use_context(_as(partner_organiser)) as session:
        assert partner_organiser.campaign_id is not None
        partners = {one for one, _name in list_publishable(partner_organiser.campaign_id)}
        partners.discard(partner_organiser.organisation_id)
        signatories.name_organisations(partner_organiser, waiting, partners, 168)
        review.ask_for_sign_off(partner_organiser, waiting, lend_to_lead=True)
        session.commit()


def _keep(actor: Actor, mailing_id: UUID, name: str) -> None:
    with use_context(_as(actor)) as session:
        texts.save_template(actor, mailing_id, name)
        session.commit()


def _visit_template(actor: Actor) -> MailingTemplate:
    return MailingTemplate(
        organisation_id=actor.organisation_id,
        name="Come and meet us",
        subject="A visit in {{ constituency }}",
        body=VISIT,
        author_label=actor.author_label,
    )


def _as(actor: Actor) -> Context:
    return Context(organisation_id=actor.organisation_id, user_id=actor.user_id)


def _compose(actor: Actor, title: str, subject: str, body: str, ask: str, number: int) -> UUID:
    with use_context(_as(actor)) as session:
        ask_id = session.scalar(select(Ask.id).where(Ask.code == ask, Ask.campaign_id == actor.campaign_id))
        reply_to = f"campaigns@{actor.organisation_name.lower()}.example"
        mailing = drafting.compose_mailing(
            actor, Wording(title, subject, body, f"{actor.organisation_name} campaigns", reply_to, ask_id)
        )
        mailing_id = mailing.id
        drafting.choose_all(actor, mailing_id, session.scalars(candidates().limit(number)).all())
        session.commit()
    return mailing_id


def _sent_earlier(coordinator: Actor, deputy: Actor) -> None:
    mailing_id = _compose(
        coordinator, "Will you back the firewall?", "Will you back the firewall?", SURGERIES, "FW-1", 110
    )
    with use_context(_as(coordinator)) as session:
        shown = review.ask_for_sign_off(coordinator, mailing_id, lend_to_lead=False).content_hash or ""
        session.commit()
    with use_context(_as(deputy)) as session:
        decisions.decide(deputy, mailing_id, Decision.APPROVE, shown, "Clear and short. Yes.")
        session.commit()
    with use_context(_as(coordinator)) as session:
        decisions.release(coordinator, mailing_id, shown)
        _deliver(coordinator, mailing_id)
        session.commit()


def _deliver(actor: Actor, mailing_id: UUID) -> None:
    """Write what sending would have written three weeks ago; nothing leaves."""
    earlier = now() - timedelta(days=21)
    mailing = db.session.scalars(select(Mailing).where(Mailing.id == mailing_id)).one()
    outbox.expand(actor.organisation_id, mailing_id, address_of(mailing.sender or "").partition("@")[2])
    values = {
        "state": DeliveryState.ACCEPTED,
        "attempt": 1,
        "last_code": 250,
        "last_reply": "250 OK",
        "changed_at": earlier,
    }
    db.session.execute(update(Delivery).where(Delivery.mailing_id == mailing_id).values(values))
    for name in ("asked_at", "approved_at", "started_at", "expanded_at", "updated_at"):
        setattr(mailing, name, earlier)
    db.session.flush()
    sending.finish(actor, mailing_id)
    mailing.finished_at = earlier
    assert mailing.state == MailingState.CLOSED
