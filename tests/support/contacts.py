"""Contacts for tests, kept through the product's own services."""

from typing import Any
from uuid import UUID, uuid4

from organising.contacts.services import ContactDraft, DetailDraft, keep_contact
from organising.platform.actor import Actor
from tests.support.world import World


def draft(name: str = "Amara Okafor", **given: Any) -> ContactDraft:
    """A contact as typed. ``email``, ``phone``, ``postcode``, ``address``: one detail each."""
    postcode, address = given.pop("postcode", ""), given.pop("address", "")
    found: dict[str, Any] = {"submission_key": uuid4()}
    if email := given.pop("email", ""):
        found["emails"] = (DetailDraft(email),)
    if phone := given.pop("phone", ""):
        found["phones"] = (DetailDraft(phone),)
    if postcode or address:
        found["addresses"] = (DetailDraft(address, postcode=postcode),)
    return ContactDraft(name, **(found | given))


def keep(world: World, slug: str, actor: Actor, name: str = "Amara Okafor", **given: Any) -> UUID:
    """Keep a contact; its id."""
    with world.context(slug, actor) as session:
        contact_id = keep_contact(actor, draft(name, **given)).id
        session.commit()
    return contact_id


def form(name: str = "Amara Okafor", **given: Any) -> dict[str, Any]:
    """What a browser sends from the form."""
    return {"name": name, "kind": "person", "submission_key": str(uuid4())} | {
        key.replace("__", "-"): value for key, value in given.items()
    }
