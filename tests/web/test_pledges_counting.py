"""The tally: counted once, withdrawn and promoted, equal to a recount whatever happens, and safe to publish."""

import threading
from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import update

from organising.platform.db import db, new_id
from organising.platform.tenancy import Context, use_context
from organising.pledges.models import Pledge, Sector
from organising.pledges.queries import get_signing_page, read_tally
from organising.pledges.services import signing as signings
from organising.pledges.services.counting import count_drive, verify_drive
from organising.pledges.services.signing import Signature
from tests.support.pledges import count, open_a_drive


@pytest.fixture
def drive_id(world):
    return open_a_drive(world)


def sign(
    app,
    slug,
    via,
    email="esi@example.org",
    name="Esi Storyborn",
    postcode="E1 4NS",
    shared=False,
    sector=None,
):
    """Sign and leave it pending; the signing id."""
    signing_id = new_id()
    with app.app_context(), use_context(Context(subject=signing_id)) as session:
        page = get_signing_page(slug, via)
        ticked = frozenset({page.lead.id}) if shared else frozenset()
        signings.sign(signing_id, page, Signature(name, email, postcode, ticked))
        session.commit()
    return signing_id


def act(app, signing_id, verb, *arguments):
    with app.app_context(), use_context(Context(subject=signing_id)) as session:
        changed = verb(signings.get_signing(signing_id), *arguments)
        session.commit()
    return changed


def sign_and_confirm(app, via, **given):
    signing_id = sign(app, "care-dont-share", via, **given)
    act(app, signing_id, signings.confirm)
    return signing_id


def test_a_household_is_two_and_no_more(app, drive_id, owner):
    for name, postcode in (
        ("Ada Figment", "E1 4NS"),
        ("Bex Figment", "E1 4NS"),
        ("Cato Figment", "E1 4NS"),
        ("Dilwyn", "M1 1AE"),
    ):
        sign_and_confirm(app, "neu", name=name, postcode=postcode)
    count(app, drive_id)
    assert owner.tally(drive_id)["all", "all"] == 2


def test_a_copy_for_another_partner_counts_for_none(app, world, drive_id, owner):
    liberty, neu = world.organisations["liberty"], world.organisations["neu"]
    signing_id = sign_and_confirm(app, "neu", shared=True)
    count(app, drive_id)
    tally = owner.tally(drive_id)
    assert (tally["all", "all"], tally["organisation", str(neu)]) == (1, 1)
    known = "SELECT n FROM counting.known WHERE organisation_id = %s AND dimension = 'all'"
    assert owner.rows(known, liberty) == [(1,)]
    with app.app_context(), use_context(Context(subject=signing_id)):
        assert set(signings.get_signing(signing_id).holder_ids) == {liberty, neu}


def test_what_is_published_is_rounded_and_safe_for_each_partner(app, drive_id, world, owner):
    def add(via, n, start=0):
        for place in range(start, start + n):
            sign_and_confirm(app, via, email=f"{via}{place}@example.org")
        count(app, drive_id)

    def published(audience):
        with world.context("neu"):
            return read_tally(drive_id, audience)

    add("neu", 9)
    assert published("public").total is None
    assert published("public").as_of is not None
    add("neu", 4, 9)
    assert published("public").total == 15
    # Thirteen, all NEU's: NEU would learn that nobody else has signed.
    assert published("coalition").total is None
    add("liberty", 9)
    assert published("coalition").total is None
    add("praxis", 1)
    shown = published("coalition")
    assert shown.total == 23
    names = {slug: str(row) for slug, row in world.organisations.items()}
    assert shown.by("organisation") == {names["neu"]: 15, names["liberty"]: None, names["praxis"]: None}
    # Praxis only contributes: it is not published as a signatory, so the public reads "other".
    assert set(published("public").by("organisation")) == {names["neu"], names["liberty"], "other"}
    add("praxis", 3, 1)
    assert published("coalition").total == 23
    assert published("public").total == 25
    with app.app_context(), use_context(Context()):
        assert read_tally(drive_id, "coalition").total is None
        assert read_tally(drive_id, "public").total == 25


def test_a_hidden_cell_cannot_be_worked_out_from_the_total(app, drive_id, world):
    def add(via, n, sector):
        for place in range(n):
            signing_id = sign_and_confirm(app, via, email=f"{via}{sector}{place}@example.org")
            act(app, signing_id, signings.say_sector, sector)

    add("neu", 20, Sector.EDUCATION)
    add("praxis", 15, Sector.EDUCATION)
    add("praxis", 14, Sector.HEALTH)
    add("liberty", 12, Sector.HEALTH)
    add("liberty", 3, Sector.POLICE)
    count(app, drive_id)
    with world.context("neu"):
        shown = read_tally(drive_id, "coalition")
    assert shown.total == 64
    cells = shown.by("sector")
    assert cells["police"] is None
    hidden = [cell for cell, n in cells.items() if n is None]
    assert len(hidden) == 2
    assert sum(n for n in cells.values() if n is not None) < 64 - 10


def test_a_wrong_tally_is_noticed_and_repaired(app, drive_id, owner):
    sign_and_confirm(app, "neu")
    count(app, drive_id)
    before = owner.tally(drive_id)
    with app.app_context(), use_context(Context(purpose="count")) as session:
        assert verify_drive(drive_id)
        session.commit()
    owner.rows("UPDATE counting.tally SET n = n + 3 WHERE dimension = 'sector'")
    with app.app_context(), use_context(Context(purpose="count")) as session:
        assert not verify_drive(drive_id)
        session.commit()
    assert owner.tally(drive_id) == before


def test_confirmations_in_threads_while_counting(app, drive_id, owner):
    waiting = [
        sign(app, "care-dont-share", via, email=f"p{n}@example.org")
        for n in range(30)
        for via in ("neu", "praxis")
    ]
    failures = []

    def work(part):
        try:
            for place, signing_id in enumerate(part):
                act(app, signing_id, signings.confirm)
                if place % 5 == 4:
                    act(app, signing_id, signings.withdraw)
                with app.app_context(), use_context(Context(purpose="count")) as session:
                    count_drive(drive_id)
                    session.commit()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(waiting[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    count(app, drive_id)
    (people,) = owner.rows("SELECT count(DISTINCT person_key) FROM pledge WHERE state = 'confirmed'")[0]
    assert owner.tally(drive_id)["all", "all"] == people
    with app.app_context(), use_context(Context(purpose="count")):
        assert verify_drive(drive_id)


@dataclass
class Made:
    signing_id: UUID
    person: int
    name: int
    postcode: int
    via: str
    sector: str = "unallocated"
    state: str = "pending"
    place: int = 0


def machine(app, world, owner):
    """A machine over one installation; each example has a drive of its own."""

    class Signatures(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.slug = f"drive-{new_id().hex[:8]}"
            self.drive_id = open_a_drive(world, self.slug)
            self.made: list[Made] = []
            self.confirmed = 0

        @rule(
            person=st.integers(0, 2),
            name=st.integers(0, 2),
            postcode=st.integers(0, 1),
            via=st.sampled_from(["liberty", "neu", "praxis"]),
            shared=st.booleans(),
            at_once=st.booleans(),
        )
        def sign(self, person, name, postcode, via, shared, at_once):
            signing_id = sign(
                app,
                self.slug,
                via,
                email=f"p{person}@example.org",
                name=f"Name {'abc'[name]}",
                postcode=("E1 4NS", "M1 1AE")[postcode],
                shared=shared,
            )
            self.made.append(Made(signing_id, person, name, postcode, via))
            if at_once:
                self._confirm(self.made[-1])

        def _confirm(self, one):
            assert act(app, one.signing_id, signings.confirm) == (one.state == "pending")
            if one.state == "pending":
                self.confirmed += 1
                one.state, one.place = "confirmed", self.confirmed

        @precondition(lambda self: self.made)
        @rule(
            data=st.data(),
            verb=st.sampled_from(
                ["confirm", "withdraw", "refuse", "sector", "invalidate", "reinstate", "erase"]
            ),
        )
        def change(self, data, verb):
            one = data.draw(st.sampled_from(self.made))
            if verb == "confirm":
                self._confirm(one)
            elif verb == "withdraw":
                if act(app, one.signing_id, signings.withdraw):
                    one.state = "withdrawn"
            elif verb == "refuse":
                if act(app, one.signing_id, signings.refuse):
                    one.state = "erased"
            elif verb == "sector":
                sector = data.draw(st.sampled_from([Sector.HEALTH, Sector.EDUCATION]))
                if act(app, one.signing_id, signings.say_sector, sector):
                    one.sector = str(sector)
            else:
                self._staff(
                    one,
                    *{
                        "invalidate": ("confirmed", "invalidated"),
                        "reinstate": ("invalidated", "confirmed"),
                        "erase": ("confirmed", "erased"),
                    }[verb],
                )

        def _staff(self, one, from_state, to_state):
            with world.context(one.via) as session:
                db.session.execute(
                    update(Pledge)
                    .where(
                        Pledge.signing_id == one.signing_id,
                        Pledge.state == from_state,
                        Pledge.part == "collected",
                    )
                    .values(state=to_state)
                )
                session.commit()
            if one.state == from_state:
                one.state = to_state

        @invariant()
        def the_tally_is_a_recount(self):
            count(app, self.drive_id)
            assert owner.tally(self.drive_id) == self.recount()

        def recount(self):
            """Counted by hand: each person's earliest standing signature, and one more name at its postcode."""
            counted = []
            for person in range(3):
                live = sorted(
                    (m for m in self.made if m.person == person and m.state == "confirmed"),
                    key=lambda m: m.place,
                )
                first, *others = live or [None]
                second = next(
                    (m for m in others if m.name != first.name and m.postcode == first.postcode), None
                )
                counted += [m for m in (first, second) if m]
            cells: dict[tuple[str, str], int] = {}
            for one in counted:
                for key in (
                    ("all", "all"),
                    ("sector", one.sector),
                    ("organisation", str(world.organisations[one.via])),
                ):
                    cells[key] = cells.get(key, 0) + 1
            days = {key: n for key, n in owner.tally(self.drive_id).items() if key[0] == "day"}
            assert sum(days.values()) == len(counted)
            return cells | days

        def teardown(self):
            with app.app_context(), use_context(Context(purpose="count")):
                assert verify_drive(self.drive_id)

    return Signatures


@pytest.mark.slow
def test_the_tally_equals_a_recount_whatever_happens(app, world, owner):
    bounded = settings(
        max_examples=12, stateful_step_count=16, deadline=None, database=None, print_blob=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(machine(app, world, owner), settings=bounded)
