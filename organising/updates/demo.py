"""Demo: an update to the NEU's own signers that an organiser has drafted, and nobody has signed off."""

from sqlalchemy import select

from organising.mailings.services.people import PeopleWords
from organising.platform.actor import Actor
from organising.platform.tenancy import Context, use_context
from organising.pledges.queries import list_drives

from .models import PledgeUpdate
from .services.drafting import Question, compose_update

DRAFT = PeopleWords(
    subject="What your signature did this month",
    body='Hello {{ first_name|"friend" }},\n\n'
    'You are one of {{ signed|"many" }} people who signed “{{ pledge }}”. This month we took it into schools: '
    "branches put the promise to their governing bodies, and the first of them voted to keep it.\n\n"
    "If yours meets before the end of the term, answer this email and we send you what others said.\n\n"
    "Thank you for standing with us,\n{{ organisation }}\n",
    sender_name="NEU campaigns",
    reply_to="campaigns@neu.example",
)


def seed(organiser: Actor) -> None:
    """Draft it in a session of its own, and commit. Does nothing where there is one, or no pledge to write about."""
    context = Context(organisation_id=organiser.organisation_id, user_id=organiser.user_id)
    with use_context(context) as session:
        drive = next(iter(list_drives(organiser.campaign_id)), None)
        if drive is None or session.scalar(select(PledgeUpdate.id).limit(1)) is not None:
            return
        compose_update(organiser, drive.id, DRAFT, Question())
        session.commit()
