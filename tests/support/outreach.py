"""Mail to contacts for tests: people with a decision, and the way of a mailing up to Send, through the services."""

import re
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from organising.contacts.models import ConsentDecision, ConsentPurpose
from organising.contacts.services.consents import ConsentDraft, record_consent, withdraw_consent
from organising.contacts.services.merging import merge_contacts
from organising.mailings.services.people import PeopleWords
from organising.outreach.services import drafting, reviewing
from organising.outreach.services.drafting import Question
from organising.platform.db import new_id
from tests.support.contacts import keep
from tests.support.mailings import Team

WORDS = PeopleWords(
    subject="What we did in May",
    body='Hello {{ first_name|"friend" }},\n\nThe firewall was debated.\n\n{{ organisation }}\n',
    sender_name="NEU campaigns",
    reply_to="campaigns@neu.example",
)


class Writers(Team):
    """The people of one mailing's way to contacts."""

    def contact(self, email: str = "", says: str | None = "given", **given: Any) -> UUID:
        """A contact with one address who decided so about news by email; ``None``: nobody asked."""
        name = given.pop("name", "") or f"Amara {email.partition('@')[0].title() or 'Nomail'}"
        contact_id = keep(self.world, self.slug, self.organiser, name, email=email, **given)
        if says is not None:
            self.says(contact_id, says)
        return contact_id

    def says(self, contact_id: UUID, decision: str = "given", purpose: str = "news", **given: Any) -> None:
        """Write a decision down, as a colleague does."""
        soft = {"supported_by": "support"} if decision == ConsentDecision.SOFT_OPT_IN else {}
        draft = ConsentDraft(
            purpose=purpose, decision=decision, submission_key=uuid4(),
            **({"channels": ("email",), "source": "paper"} | soft | given),
        )  # fmt: skip
        with self.world.context(self.slug, self.organiser) as session:
            record_consent(self.organiser, contact_id, draft)
            session.commit()

    def takes_back(self, contact_id: UUID, purpose: str = "news") -> None:
        with self.world.context(self.slug, self.organiser) as session:
            withdraw_consent(self.organiser, contact_id, purpose, "email", submission_key=new_id())
            session.commit()

    def merges(self, kept_id: UUID, merged_id: UUID, **choices: str) -> None:
        """Make one of two, of which nobody has changed either."""
        with self.world.context(self.slug, self.admin) as session:
            merge_contacts(self.admin, kept_id, merged_id, choices, versions=(1, 1))
            session.commit()

    def draft(self, question: Question | None = None, **changes: Any) -> UUID:
        words = PeopleWords(**(vars(WORDS) | changes))
        with self.world.context(self.slug, self.organiser) as session:
            asked = question or Question(ConsentPurpose.NEWS)
            mailing_id = drafting.compose_outreach(self.organiser, words, asked).id
            session.commit()
        return mailing_id

    def put_question(self, mailing_id: UUID, *, lend_to_lead: bool) -> None:
        reviewing.ask_about_outreach(self.organiser, mailing_id, lend_to_lead=lend_to_lead)

    def sending(self, question: Question | None = None, **changes: Any) -> UUID:
        """Approved, and the administrator has pressed Send; no worker has run yet."""
        return self.release(self.approve(self.ask(self.draft(question, **changes))))

    def reasons(self, owner: Any, mailing_id: UUID) -> dict[str, int]:
        """Why messages were not sent, as their rows say."""
        return dict(
            owner.rows(
                "SELECT last_reply, count(*)::int FROM delivery WHERE state = 'suppressed' AND mailing_id = %s GROUP BY 1",
                mailing_id,
            )
        )


def links_of(message: Any) -> dict[str, str]:
    """The paths of a message's links: ``stop`` of its header, ``preferences`` of its text."""
    stop = re.fullmatch(r"<http://localhost(/unsubscribe/\S+)>", message["List-Unsubscribe"])
    assert stop, message["List-Unsubscribe"]
    text = message.get_body(("plain",)).get_content()
    preferences = re.search(r"http://localhost(/preferences/\S+)", text)
    assert preferences, text
    return {"stop": stop[1], "preferences": preferences[1]}


def long_ago() -> date:
    """A day before the soft opt-in was law."""
    return date(2026, 2, 4)
