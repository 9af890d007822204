"""Updates for tests: signers as their rows would stand, and the way of an update up to Send, through the services."""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from organising.mailings.services.people import PeopleWords
from organising.platform.clock import now
from organising.platform.db import new_id
from organising.platform.sealing import blind_index, canonical_email, seal_field
from organising.pledges import canonical
from organising.pledges.keys import counting_keys
from organising.pledges.models import Part, Pledge, PledgeConsent, PledgeState, Purpose
from organising.updates.services import drafting, reviewing
from organising.updates.services.drafting import Question
from tests.support.mailings import Team
from tests.support.world import World

WORDS = PeopleWords(
    subject="What your signature did",
    body='Hello {{ first_name|"friend" }},\n\n“{{ pledge }}” was handed over this morning.\n\n{{ organisation }}\n',
    sender_name="NEU campaigns",
    reply_to="campaigns@neu.example",
)


def add_signer(
    world: World,
    slug: str,
    drive_id: UUID,
    email: str | None,
    *,
    name: str = "Esi Storyborn",
    updates: bool = True,
    state: str = PledgeState.CONFIRMED,
    sector: str | None = None,
    unit_id: UUID | None = None,
    signing_id: UUID | None = None,
    part: str = Part.COLLECTED,
) -> UUID:
    """One organisation's row of one signature, as signing and confirming leave it; its id."""
    with world.context(slug) as session:
        organisation_id, pledge_id = world.organisations[slug], new_id()
        keys = counting_keys(drive_id, email, name, "E1 4NS")
        folded, at = canonical.folded(name), now()
        here = (organisation_id, "pledge", "email_cipher", pledge_id)
        session.execute(
            insert(Pledge.__table__),
            {
                "organisation_id": organisation_id,
                "id": pledge_id,
                "campaign_id": world.campaign,
                "drive_id": drive_id,
                "signing_id": signing_id or new_id(),
                "part": part,
                "state": state,
                "channel": "web",
                "wording_version": 1,
                "name": name,
                "name_folded": folded,
                "name_by_last": canonical.by_last(folded),
                "email_cipher": seal_field(session, *here, email) if email else None,
                "email_key": blind_index(organisation_id, "email", canonical_email(email)) if email else None,
                "postcode": "E1 4NS",
                **keys.columns(),
                "sector": sector,
                "unit_id": unit_id,
                "confirmed_at": at if state == PledgeState.CONFIRMED else None,
                "witnessed_at": at if state == PledgeState.WITNESSED else None,
                "confirmation_tries": 0,
                "created_at": at,
            },
        )
        if updates:
            session.add(
                PledgeConsent(
                    organisation_id=organisation_id,
                    pledge_id=pledge_id,
                    signing_id=new_id(),
                    purpose=Purpose.UPDATES,
                    wording="May email me.",
                )
            )
        session.commit()
        return pledge_id


def add_signers(world: World, slug: str, drive_id: UUID, number: int) -> None:
    """So many signers who agreed, signer0@example.org and on."""
    for n in range(number):
        add_signer(world, slug, drive_id, f"signer{n}@example.org", name=f"Esi Number{n}")


class Updaters(Team):
    """The people of one update's way at one organisation."""

    def draft(self, drive_id: UUID, question: Question | None = None, **changes: Any) -> UUID:
        words = PeopleWords(**(vars(WORDS) | changes))
        with self.world.context(self.slug, self.organiser) as session:
            made = drafting.compose_update(self.organiser, drive_id, words, question or Question())
            mailing_id = made.id
            session.commit()
        return mailing_id

    def put_question(self, mailing_id: UUID, *, lend_to_lead: bool) -> None:
        reviewing.ask_about_update(self.organiser, mailing_id, lend_to_lead=lend_to_lead)

    def sending(self, drive_id: UUID, question: Question | None = None, **changes: Any) -> UUID:
        """Approved, and the administrator has pressed Send; no worker has run yet."""
        return self.release(self.approve(self.ask(self.draft(drive_id, question, **changes))))


def stop_path(message: Any) -> str:
    """The path of the link in a message's List-Unsubscribe."""
    found = re.fullmatch(r"<http://localhost(/updates/stop/\S+)>", message["List-Unsubscribe"])
    assert found, message["List-Unsubscribe"]
    return found[1]


def recipients(messages: Iterable[Any]) -> list[str]:
    """The bare addresses that messages went to, sorted."""
    return sorted(re.sub(r".*<(.+)>", r"\1", str(one["To"])) for one in messages)
