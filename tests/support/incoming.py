"""Mail that comes back, for tests: a mailing that has left, and samples made out to one of its messages."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text, update

from organising.mailings.incoming import return_paths
from organising.mailings.models import Delivery, IncomingMessage
from organising.mailings.services import incoming
from organising.platform.actor import Actor
from organising.platform.clock import now
from tests.support.mailings import Campaigners
from tests.support.world import World

SAMPLES = Path(__file__).parents[1] / "unit" / "mailings" / "samples"
SENT = "<11111111-0000-4000-8000-000000000001@organising.example>"


def sample(name: str) -> bytes:
    """One of the samples, as it lies there."""
    return (SAMPLES / f"{name}.eml").read_bytes()


def answer(
    words: str, *, message_id: str = "<a1@parliament.example>", subject: str = "Re: A question"
) -> bytes:
    """What a person writes back."""
    head = f"From: Ada <ada@parliament.example>\nSubject: {subject}\nMessage-ID: {message_id}\n"
    return f"{head}Date: Wed, 25 Nov 2026 11:01:00 +0000\n\n{words}\n".encode()


class Sent:
    """A mailing of which every message was accepted; the first's Message-ID is the one that the samples return."""

    def __init__(self, world: World, people: Campaigners, mailing_id: UUID) -> None:
        self.world, self.people, self.mailing_id = world, people, mailing_id
        self.organisation_id = people.organiser.organisation_id
        with world.context(people.slug) as session:
            rows = session.execute(
                select(Delivery.id, Delivery.address, Delivery.place)
                .where(Delivery.mailing_id == mailing_id)
                .order_by(Delivery.place)
            ).all()
            self.ids = {row.address: row.id for row in rows}
            session.execute(update(Delivery).where(Delivery.id == self.id(1)).values(message_id=SENT))
            session.commit()

    def id(self, number: int) -> UUID:
        """The message to Member 000n."""
        return self.ids[f"member{number:04}@parliament.example"]

    def bounce_address(self, number: int) -> str:
        with self.world.app.app_context():
            return return_paths.bounce_address(self.organisation_id, self.id(number))

    def reply_address(self, number: int) -> str:
        with self.world.app.app_context():
            return return_paths.reply_address(self.organisation_id, self.id(number))

    def receive(self, raw: bytes, to: str, sender: str | None = None) -> incoming.Kept | None:
        """Keep a message as the listener would."""
        with self.world.app.app_context():
            return incoming.receive(raw, to, sender)

    def read(self, kept: incoming.Kept) -> None:
        """Read what was kept, as the job would, twice."""
        for _time in range(2):
            with self.world.context(self.people.slug) as session:
                incoming.read_incoming(
                    Actor.system(self.organisation_id, "NEU", self.world.campaign), kept.id
                )
                session.commit()

    def take(self, raw: bytes, to: str, sender: str | None = None) -> dict[str, object]:
        """Keep and read; answers what is on record of it then."""
        kept = self.receive(raw, to, sender)
        assert kept is not None
        self.read(kept)
        return self.record(kept)

    def record(self, kept: incoming.Kept) -> dict[str, object]:
        """What is on record of a message, opened."""
        names = ("state", "verdict", "proposed", "reply_class", "why", "severity", "status", "came_by")
        with self.world.context(self.people.slug) as session:
            row = session.scalars(select(IncomingMessage).where(IncomingMessage.id == kept.id)).one()
            opened = {"body": row.body, "subject": row.subject, "sender": row.sender, "raw": row.raw}
            return {name: getattr(row, name) for name in names} | opened | {"delivery_id": row.delivery_id}

    def states(self) -> dict[str, str]:
        """The state of each message, by the number of its member."""
        with self.world.context(self.people.slug) as session:
            rows = session.execute(
                select(Delivery.address, Delivery.state).where(Delivery.mailing_id == self.mailing_id)
            )
            return {row.address[:10]: row.state for row in rows}

    def put(self, number: int, state: str) -> None:
        """Have a message be at this state."""
        with self.world.context(self.people.slug) as session:
            values = {"state": state, "lease_until": now() if state in ("leased", "committed") else None}
            session.execute(update(Delivery).where(Delivery.id == self.id(number)).values(values))
            session.commit()

    def fences(self) -> list[tuple[int, int]]:
        """Fence and attempt of each message."""
        with self.world.context(self.people.slug) as session:
            rows = session.execute(text("SELECT fence, attempt FROM delivery ORDER BY place"))
            return [(row.fence, row.attempt) for row in rows]


def send_all(world: World, people: Campaigners) -> Sent:
    """A mailing to all, as it stands when the last message was accepted, without a worker having run."""
    from organising.mailings.services import outbox, sending

    mailing_id = people.sending()
    with world.context(people.slug) as session:
        outbox.expand(people.organiser.organisation_id, mailing_id, "organising.example")
        session.execute(
            update(Delivery)
            .where(Delivery.mailing_id == mailing_id)
            .values(state="accepted", fence=3, attempt=1)
        )
        session.execute(text("UPDATE mailing SET expanded_at = now() WHERE id = :id"), {"id": mailing_id})
        session.commit()
    with world.context(people.slug) as session:
        sending.finish(Actor.system(people.organiser.organisation_id), mailing_id)
        session.commit()
    return Sent(world, people, mailing_id)
