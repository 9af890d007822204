"""What came back to the demo's earlier mailing: read by the product itself, and waiting for a person."""

from sqlalchemy import select

from organising.mailings.incoming.return_paths import reply_address
from organising.mailings.models import Delivery, IncomingMessage
from organising.mailings.queries import names_of
from organising.mailings.services.incoming import read_incoming, receive
from organising.platform.actor import Actor
from organising.platform.tenancy import Context, use_context

AUTOMATIC = "Auto-Submitted: auto-generated\n"
SUBJECT = "Re: Will you back the firewall?"
# Headers of its own, subject, words.
ANSWERS = (
    ("", SUBJECT, "Thank you for your letter. I support the firewall and have said so in the House."),
    ("", SUBJECT, "I would be happy to meet two of your members at my next surgery."),
    ("", SUBJECT, "Which of the two debates do you mean, the one on schools or the one on surgeries?"),
    (
        "",
        SUBJECT,
        "I am afraid that I cannot support this. Departments must be able to share what they know.",
    ),
    (
        "",
        SUBJECT,
        "We have opened a case for the patient you mention. Please send us the Home Office reference.",
    ),
    (
        "",
        SUBJECT,
        "Please could you let us have your full postal address, so that we know you are a constituent?",
    ),
    (AUTOMATIC, f"Automatic reply: {SUBJECT}", "I am out of the office until Monday."),
    (AUTOMATIC, f"Automatic reply: {SUBJECT}", "Thank you for your email. I receive several hundred a day."),
)


def seed(actor: Actor) -> None:
    """Have the first of those written to answer. Commits; does nothing where anything has come back already."""
    context = Context(organisation_id=actor.organisation_id, user_id=actor.user_id)
    with use_context(context) as session:
        if session.scalar(select(IncomingMessage.id).limit(1)) is not None:
            return
        statement = select(Delivery).order_by(Delivery.created_at, Delivery.place).limit(len(ANSWERS))
        statement = statement.where(Delivery.choice_id.is_not(None))
        written = [(one.id, one.address, one.holding_id) for one in session.scalars(statement)]
        names = names_of([holding_id for _id, _address, holding_id in written])
    for (delivery_id, address, holding_id), (headers, subject, words) in zip(written, ANSWERS, strict=False):
        name = names[holding_id]
        head = f"From: {name} <{address}>\nSubject: {subject}\nMessage-ID: <{delivery_id}@answers.example>\n{headers}"
        kept = receive(
            f"{head}\n{words}\n\n{name}\n".encode(), reply_address(actor.organisation_id, delivery_id)
        )
        assert kept is not None
        with use_context(context) as session:
            read_incoming(actor, kept.id)
            session.commit()
