"""Signatures come and go, as the product's services and an independent recount in plain Python see them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.tenancy import Context, use_context
from organising.pledges import keys
from organising.pledges.models import AddressChange, Pledge, PledgeDrive, Sector
from organising.pledges.queries import get_signing_page
from organising.pledges.services import addresses, afterwards
from organising.pledges.services import signing as signings
from organising.pledges.services.signing import Signature
from organising.representatives.services import find_seat_code
from tests.support.postcodes import importing, load, seat
from tests.support.world import World

POSTCODES = ("E1 4NS", "M1 1AE")
PLACES = {"E1 4NS": "E14000001", "M1 1AE": "unallocated"}
PARTNERS = ("liberty", "neu", "praxis")
SECTORS = (Sector.HEALTH, Sector.EDUCATION)
VERBS = (
    "sign", "sign", "sign", "paper", "paper", "confirm", "confirm", "confirm", "withdraw", "refuse", "sector",
    "invalidate", "reinstate", "erase", "correct", "correct", "address",
)  # fmt: skip
Cells = Counter[tuple[str, str, str]]


@dataclass
class Signed:
    """One signature as it was asked for, and where it should stand now. ``cast``: since when it stands under an address."""

    signing_id: UUID
    via: str
    email: str
    name: str
    postcode: str
    channel: str = "web"
    is_shared: bool = False
    sector: str = "unallocated"
    unit: str = "unallocated"
    state: str = "pending"
    cast: dict[str, int] = field(default_factory=dict)
    witnessed: int = 0


def recount(signed: Iterable[Signed], organisations: dict[str, UUID]) -> Cells:
    """``(kind, dimension, cell)`` to people, counted by hand."""
    signed = list(signed)
    sure: list[Signed] = []
    for email in {one.email for one in signed if one.email}:
        standing = [one for one in signed if one.email == email and one.state == "confirmed"]
        standing.sort(key=lambda one: one.cast[one.email])
        if standing:
            first = standing[0]
            others = [o for o in standing if o.name != first.name and o.postcode == first.postcode]
            sure += [first, *others[:1]]
    seen = {(one.name, one.postcode) for one in sure}
    apart = []
    for one in sorted((o for o in signed if o.state == "witnessed"), key=lambda o: o.witnessed):
        if (one.name, one.postcode) not in seen:
            seen.add((one.name, one.postcode))
            apart.append(one)
    cells: Cells = Counter()
    for kind, people in (("confirmed", sure), ("witnessed", apart)):
        for one in people:
            cells[kind, "all", "all"] += 1
            cells[kind, "sector", one.sector] += 1
            cells[kind, "constituency", PLACES[one.postcode]] += 1
            cells[kind, "channel", one.channel] += 1
            cells[kind, "unit", one.unit] += 1
            cells[kind, "organisation", str(organisations[one.via])] += 1
    return cells


def give_places(app: Any) -> None:
    """One constituency, in which the first of the postcodes lies."""
    with importing(app) as session:
        seat(session, "E14000001", "Stepney").region = "London"
        session.commit()
    load(app, "E1 4NS,,E09000030,E92000001,E14000001")


class Play:
    """Does to one drive what people do, and keeps what should come of it. ``label`` keeps its people apart."""

    def __init__(self, world: World, drive_id: UUID, slug: str, label: str = "") -> None:
        self.world, self.app, self.drive_id, self.slug, self.label = world, world.app, drive_id, slug, label
        self.signed: list[Signed] = []
        self.units = {partner: world.unit(partner) for partner in PARTNERS}
        self.moment = 0

    def move(self, random: Random) -> None:
        """One thing that somebody does."""
        verb = random.choice(VERBS)
        if verb == "sign":
            self.sign(random.randrange(2), random.randrange(3), random.randrange(2), random.choice(PARTNERS),
                      shared=random.random() < 0.3, in_unit=random.random() < 0.5)  # fmt: skip
        elif verb == "paper":
            self.paper(
                random.choice([None, 0, 1]), random.randrange(3), random.randrange(2), random.choice(PARTNERS),
                in_unit=random.random() < 0.5,
            )  # fmt: skip
        elif verb == "correct" and self.signed:
            self.correct(random.choice(self.signed), random.randrange(3), random.randrange(2))
        elif verb == "address" and self.signed:
            self.move_address(random.choice(self.signed), random.randrange(2))
        elif self.signed:
            self.change(verb, random.choice(self.signed), random.choice(SECTORS))

    def sign(
        self, person: int, name: int, postcode: int, via: str, *, shared: bool = False, in_unit: bool = False
    ) -> Signed:
        """Sign the page, by the link of a unit or not, and leave it pending."""
        one = self._given(person, name, postcode, via, in_unit=in_unit)
        one.is_shared = shared
        with self.app.app_context(), use_context(Context(subject=one.signing_id)) as session:
            page = get_signing_page(self.slug, via)
            ticked = frozenset({page.lead.id}) if shared else frozenset()
            unit_id = self.units[via] if in_unit else None
            given = Signature(one.name, one.email, one.postcode, ticked, unit_id=unit_id)
            signings.sign(one.signing_id, page, given)
            session.commit()
        return one

    def paper(
        self, person: int | None, name: int, postcode: int, via: str, *, in_unit: bool = False
    ) -> Signed:
        """An accepted line of a sheet, with or without an email address."""
        one = self._given(person, name, postcode, via, in_unit=in_unit)
        one.channel = "paper"
        with self.world.context(via) as session:
            drive = session.get_one(PledgeDrive, self.drive_id)
            pledge = Pledge(
                campaign_id=drive.campaign_id, drive_id=drive.id, signing_id=one.signing_id, channel="paper",
                wording_version=1, state="witnessed", witnessed_at=now(), name=one.name, postcode=one.postcode,
                constituency_code=find_seat_code(one.postcode), unit_id=self.units[via] if in_unit else None,
                **keys.counting_keys(drive.id, one.email or None, one.name, one.postcode).columns(),
            )  # fmt: skip
            session.add(pledge)
            pledge.email = one.email or None
            session.commit()
        self.moment += 1
        one.state, one.witnessed = "witnessed", self.moment
        return one

    def _given(self, person: int | None, name: int, postcode: int, via: str, *, in_unit: bool) -> Signed:
        email = "" if person is None else self._email(person)
        one = Signed(new_id(), via, email, self._name(name), POSTCODES[postcode])
        if in_unit:
            one.unit = str(self.units[via])
        self.signed.append(one)
        return one

    def _email(self, person: int) -> str:
        return f"p{person}{self.label}@example.org"

    def _name(self, name: int) -> str:
        return f"Name {'abc'[name]} {self.label}".strip()

    def correct(self, one: Signed, name: int, postcode: int) -> None:
        """Put the name and the postcode right: nothing but a confirmed signature is corrected by its signer."""
        given = (self._name(name), POSTCODES[postcode])
        with self.app.app_context(), use_context(Context(subject=one.signing_id)) as session:
            changed = afterwards.correct(self._own_signing(one), *given)
            session.commit()
        assert changed == (one.state == "confirmed" and given != (one.name, one.postcode)), one
        if changed:
            one.name, one.postcode = given

    def move_address(self, one: Signed, person: int) -> None:
        """Name another address, and press the button in the mail that goes there."""
        email = self._email(person)
        with self.app.app_context(), use_context(Context(subject=one.signing_id)) as session:
            asked = addresses.ask_for_address(self._own_signing(one), email)
            session.commit()
        assert asked == (one.state == "confirmed" and email != one.email), one
        if not asked:
            return
        with self.app.app_context(), use_context(Context(subject=one.signing_id)) as session:
            change_id = session.scalars(
                select(AddressChange.__table__.c.id).where(
                    AddressChange.__table__.c.signing_id == one.signing_id
                )
            ).one()
            addresses.take_address(self._own_signing(one), change_id)
            session.commit()
        self.moment += 1
        one.email = email
        one.cast.setdefault(email, self.moment)

    def _own_signing(self, one: Signed) -> signings.Signing:
        return signings.get_signing(one.signing_id, signings.link_version_of(one.signing_id))

    def change(self, verb: str, one: Signed, sector: Sector = Sector.HEALTH) -> None:
        """Confirm, withdraw … one signature; what its state does not allow changes nothing."""
        if verb in ("confirm", "withdraw", "refuse", "sector"):
            self._own(verb, one, sector)
        elif verb == "invalidate":
            self._staff(one, ("confirmed", "witnessed"), "invalidated")
        elif verb == "reinstate":
            self._staff(one, ("invalidated",), "confirmed" if one.cast else "witnessed")
        else:
            self._staff(one, ("confirmed", "witnessed"), "erased")

    def _own(self, verb: str, one: Signed, sector: Sector) -> None:
        if verb == "confirm" and not one.email:
            return  # No mail was sent, so nobody has a link.
        call = {"confirm": signings.confirm, "withdraw": signings.withdraw, "refuse": signings.refuse}
        with self.app.app_context(), use_context(Context(subject=one.signing_id)) as session:
            signing = self._own_signing(one)
            changed = signings.say_sector(signing, sector) if verb == "sector" else call[verb](signing)
            session.commit()
        states = {"confirm": ("pending", "witnessed"), "withdraw": ("confirmed", "witnessed", "invalidated"), "refuse": ("pending",),
                  "sector": ("confirmed",)}  # fmt: skip
        # What the collector has set aside may still stand as another partner's copy, which its owner ends.
        assert changed == (one.state in states[verb]) or (changed and one.is_shared), (verb, one)
        if one.state not in states[verb]:
            return
        if verb == "confirm":
            self.moment += 1
            one.state, one.cast[one.email] = "confirmed", self.moment
        elif verb == "sector":
            one.sector = str(sector)
        else:
            one.state = "withdrawn" if verb == "withdraw" else "erased"

    def _staff(self, one: Signed, from_states: tuple[str, ...], to_state: str) -> None:
        with self.world.context(one.via) as session:
            mine = (Pledge.signing_id == one.signing_id, Pledge.part == "collected")
            changed: Any = db.session.execute(
                update(Pledge).where(*mine, Pledge.state.in_(from_states)).values(state=to_state)
            )
            session.commit()
        assert bool(changed.rowcount) == (one.state in from_states)
        if changed.rowcount:
            one.state = to_state
