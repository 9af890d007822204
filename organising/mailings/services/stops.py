"""“Stop, everyone”: a keyed token that every partner's sending looks for, and which tells nobody who knew the person.

Lodging looks nothing up: for any address the same is written and the same mail is rung for, so that neither an answer
nor its time tells whether anybody knows it. Who lodged one is told to a partner by nothing but a message that did not go.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from organising.mailings.services.limits import take_once
from organising.platform.db import db, new_id
from organising.platform.queue import enqueue_after_commit
from organising.platform.sealing import installation_hash, open_field, seal_field
from organising.pledges import canonical
from organising.rates import Rate

SEND = "organising.outreach.jobs.send_stop_mail"
ASK, DONE = "ask", "done"
# So often may anybody have one address written to about it.
OFTEN = Rate(3, 86_400.0)


def token_of(address: str) -> bytes:
    """What an address is known by in the whole installation, whatever is written after a plus."""
    return installation_hash("stop, everyone", canonical.person(address))


def stopped_among(addresses: Collection[str]) -> set[str]:
    """Those of the addresses whose holders asked every partner to stop: asked in the transaction of a claim."""
    tokens = {token_of(one): one for one in addresses}
    if not tokens:
        return set()
    rows = db.session.scalars(text("SELECT app.stops_among(:tokens)"), {"tokens": list(tokens)})
    found = {bytes(one) for one in rows}
    return {one for one in addresses if token_of(one) in found}


def is_stopped(token: bytes) -> bool:
    """Whether it is lodged (purpose ``identity``): for whoever holds the link that was mailed to the address."""
    return bool(db.session.scalar(text("SELECT app.is_stopped(:token)"), {"token": token}))


def lodge(token: bytes) -> None:
    """Have no partner write to the address any more (purpose ``identity``). Done twice, it is done."""
    db.session.execute(text("SELECT app.lodge_stop(:token)"), {"token": token})


def lift(token: bytes) -> None:
    """Let partners write to it again, each as far as its own rows allow (purpose ``identity``)."""
    db.session.execute(text("SELECT app.lift_stop(:token)"), {"token": token})


def ask_owner(address: str, language: str | None, kind: str = ASK) -> None:
    """Have one mail sent to whoever holds an address (purpose ``identity``), at most so often, whoever asks.

    ``ask``: somebody typed it, and only the mail's link stops anything. ``done``: it was stopped, and the link undoes it.
    """
    if not take_once("stop", canonical.person(address), OFTEN):
        return
    request_id = new_id()
    cipher = seal_field(db.session(), None, "stop_request", "address_cipher", request_id, address)
    db.session.execute(
        text("SELECT app.ask_stop(:id, :cipher, :kind, :language)"),
        {"id": request_id, "cipher": cipher, "kind": kind, "language": language},
    )
    enqueue_after_commit(SEND, organisation_id=None, row_id=request_id, purpose="stop_mail", queue="urgent")


class Asked:
    """One mail that waits, with the address it goes to (purpose ``identity``)."""

    def __init__(self, request_id: UUID, row: Any) -> None:
        self.id, self.kind, self.language = request_id, str(row.kind), row.language
        self._cipher, self._since = bytes(row.address_cipher), row.asked_at
        self.address = open_field(
            db.session(), None, "stop_request", "address_cipher", request_id, self._cipher
        )

    def claim(self) -> bool:
        """Take the right to send it: then nothing is left of it here."""
        return bool(db.session.scalar(text("SELECT app.drop_stop_request(:id)"), {"id": self.id}))

    def give_back(self) -> None:
        """Keep it after all: the server refused at the last moment."""
        since: datetime = self._since
        db.session.execute(
            text("SELECT app.keep_stop_request(:id, :cipher, :kind, :language, :since)"),
            {
                "id": self.id,
                "cipher": self._cipher,
                "kind": self.kind,
                "language": self.language,
                "since": since,
            },
        )

    def put_off(self) -> None:
        """Try again later."""
        db.session.execute(text("SELECT app.put_off_stop_request(:id)"), {"id": self.id})


def find_asked(request_id: UUID) -> Asked | None:
    """A mail that waits; ``None`` once it has gone."""
    row = db.session.execute(
        text("SELECT * FROM app.read_stop_request(:id)"), {"id": request_id}
    ).one_or_none()
    if row is None:
        return None
    try:
        return Asked(request_id, row)
    except InvalidTag:
        # The installation's key was changed while it waited. Whoever asked may ask again.
        db.session.execute(text("SELECT app.drop_stop_request(:id)"), {"id": request_id})
        return None


def list_unsent() -> list[UUID]:
    """Mails that are due. Those that could not be sent for two days are given up."""
    return list(db.session.scalars(text("SELECT app.unsent_stops()")))
