"""Departures: what later domains do when an organisation leaves a campaign, without the earlier one knowing them.

A domain registers a function; the service that ends the membership has all of them called, in its own transaction.
"""

from collections.abc import Callable
from uuid import UUID

from .actor import Actor

Release = Callable[[Actor, UUID], object]
_registered: list[Release] = []


def on_departure(release: Release) -> Release:
    """Have ``release(actor, organisation_id)`` called for every organisation that leaves; once, however often said."""
    if release not in _registered:
        _registered.append(release)
    return release


def announce_departure(actor: Actor, organisation_id: UUID) -> None:
    """Let every domain release what this organisation held; ``actor`` is who ended its membership."""
    for release in _registered:
        release(actor, organisation_id)
