"""Whose a shared row is."""

from typing import Any

from organising.platform.actor import Actor


def authorship(actor: Actor) -> dict[str, Any]:
    """The columns that say whose a shared row is."""
    return {
        "campaign_id": actor.campaign_id,
        "organisation_id": actor.organisation_id,
        "author_label": actor.author_label,
    }
