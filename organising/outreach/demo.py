"""Demo: a newsletter to the NEU's own contacts that an organiser has drafted, and nobody has signed off."""

from sqlalchemy import select

from organising.contacts.models import ConsentPurpose
from organising.mailings.services.people import PeopleWords
from organising.platform.actor import Actor
from organising.platform.tenancy import Context, use_context

from .models import ContactMailing
from .services.drafting import Question, compose_outreach

DRAFT = PeopleWords(
    subject="What your branch can do before the summer",
    body='Hello {{ first_name|"friend" }},\n\n'
    "Schools in four more boroughs have told us that they pass no pupil’s details on. Here is how your branch can ask yours: "
    "put the model motion to the next meeting, and tell us what came of it.\n\n"
    "Answer this email if you want somebody to come and speak.\n\n{{ organisation }}\n",
    sender_name="NEU campaigns",
    reply_to="campaigns@neu.example",
)


def seed(organiser: Actor) -> None:
    """Draft it in a session of its own, and commit. Does nothing where there is one."""
    context = Context(organisation_id=organiser.organisation_id, user_id=organiser.user_id)
    with use_context(context) as session:
        if session.scalar(select(ContactMailing.id).limit(1)) is None:
            compose_outreach(organiser, DRAFT, Question(ConsentPurpose.NEWS))
            session.commit()
