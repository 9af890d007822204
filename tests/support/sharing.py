"""Introductions by one partner to another, made through the services."""

from uuid import UUID

from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.sharing.services.introductions import IntroductionDraft, introduce
from tests.support.contacts import keep
from tests.support.world import World

WORDS = "Yes, please give them my number."


def introduced(world: World, sender: Actor, slug: str, receiver: str, name: str = "Robin Invented") -> UUID:
    """Somebody of ``slug``'s contacts introduced to another partner; the introduction's id, which is the offer's too."""
    email = f"{name.split()[-1].lower()}@example.org"
    contact_id = keep(world, slug, sender, name, email=email, job="Nurse")
    draft = IntroductionDraft(world.organisation(receiver), ("emails",), WORDS, "phone", today())
    with world.context(slug, sender) as session:
        row_id = introduce(sender, contact_id, draft).id
        session.commit()
    return row_id
