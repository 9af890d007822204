"""The link by which a signer stops an organisation's updates: it does that and nothing else, and needs no sign-in."""

from organising.mailings.stop_links import TEST, StopLink

__all__ = ["STOP", "TEST"]

STOP = StopLink("updates.stop")
