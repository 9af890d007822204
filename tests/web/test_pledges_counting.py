"""The tally: counted once, withdrawn and promoted, witnessed apart, equal to a recount whatever happens."""

import threading
from collections import Counter
from random import Random

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

from organising.platform.db import new_id
from organising.platform.tenancy import Context, use_context
from organising.pledges.queries import get_signing_page
from organising.pledges.services import signing as signings
from organising.pledges.services.counting import count_drive, verify_drive
from organising.pledges.services.signing import Signature
from tests.support.pledges import count, open_a_drive
from tests.support.sequences import PARTNERS, SECTORS, VERBS, Play, give_places, recount


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
    assert owner.rows("SELECT DISTINCT organisation_id FROM counting.ballot") == [(neu,)]
    with app.app_context(), use_context(Context(subject=signing_id)):
        assert set(signings.get_signing(signing_id).holder_ids) == {liberty, neu}


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


def counted(owner, drive_id):
    """The exact tally of both kinds; days left out once they are known to add up."""
    cells = Counter()
    for kind in ("confirmed", "witnessed"):
        tally = owner.tally(drive_id, kind)
        days = sum(n for (dimension, _), n in tally.items() if dimension == "day")
        assert days == tally.get(("all", "all"), 0)
        cells.update({(kind, *cell): n for cell, n in tally.items() if cell[0] != "day"})
    return cells


def machine(app, world, owner):
    """A machine over one installation; each example has a drive of its own."""

    class Signatures(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            slug = f"drive-{new_id().hex[:8]}"
            self.drive_id = open_a_drive(world, slug)
            self.play = Play(world, self.drive_id, slug)

        person, name, postcode = st.integers(0, 1), st.integers(0, 2), st.integers(0, 1)
        via = st.sampled_from(PARTNERS)

        @rule(
            person=person, name=name, postcode=postcode, via=via, shared=st.booleans(), in_unit=st.booleans(),
            at_once=st.booleans(),
        )  # fmt: skip
        def sign(self, person, name, postcode, via, shared, in_unit, at_once):
            one = self.play.sign(person, name, postcode, via, shared=shared, in_unit=in_unit)
            if at_once:
                self.play.change("confirm", one)

        @rule(person=st.none() | person, name=name, postcode=postcode, via=via, in_unit=st.booleans())
        def paper(self, person, name, postcode, via, in_unit):
            self.play.paper(person, name, postcode, via, in_unit=in_unit)

        @precondition(lambda self: self.play.signed)
        @rule(data=st.data(), name=name, postcode=postcode)
        def correct(self, data, name, postcode):
            self.play.correct(data.draw(st.sampled_from(self.play.signed)), name, postcode)

        @precondition(lambda self: self.play.signed)
        @rule(data=st.data(), person=person)
        def move_address(self, data, person):
            self.play.move_address(data.draw(st.sampled_from(self.play.signed)), person)

        @precondition(lambda self: self.play.signed)
        @rule(
            data=st.data(), verb=st.sampled_from(sorted(set(VERBS) - {"sign", "paper", "correct", "address"}))
        )
        def change(self, data, verb):
            one = data.draw(st.sampled_from(self.play.signed))
            self.play.change(verb, one, data.draw(st.sampled_from(SECTORS)))

        @invariant()
        def the_tally_is_a_recount(self):
            count(app, self.drive_id)
            assert counted(owner, self.drive_id) == recount(self.play.signed, world.organisations)

        def teardown(self):
            with app.app_context(), use_context(Context(purpose="count")):
                assert verify_drive(self.drive_id)

    return Signatures


@pytest.mark.parametrize("examples", [6, pytest.param(300, marks=pytest.mark.slow)])
def test_the_tally_equals_a_recount_whatever_happens(app, world, owner, examples):
    give_places(app)
    bounded = settings(
        max_examples=examples, stateful_step_count=16, deadline=None, database=None, print_blob=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(machine(app, world, owner), settings=bounded)


@pytest.mark.parametrize("sequences", [40, pytest.param(10_000, marks=pytest.mark.slow)])
def test_sequences_in_threads_while_counting(app, world, drive_id, owner, sequences):
    """Four threads play sequences of ten moves while a fifth counts; after every forty the tally is a recount."""
    give_places(app)
    total, failures, at_once = Counter(), [], min(sequences, 200)

    def work(plays, seed):
        random = Random(seed)
        try:
            for _ in range(10):
                for play in plays:
                    play.move(random)
        except Exception as error:
            failures.append(error)

    def keep_counting(stop):
        with app.app_context(), use_context(Context(purpose="count")) as session:
            while not stop.is_set():
                count_drive(drive_id)
                session.commit()

    for first in range(0, sequences, at_once):
        plays = [Play(world, drive_id, "care-dont-share", f"s{n}") for n in range(first, first + at_once)]
        stop = threading.Event()
        counter = threading.Thread(target=keep_counting, args=(stop,))
        threads = [threading.Thread(target=work, args=(plays[n::4], first + n)) for n in range(4)]
        for thread in (counter, *threads):
            thread.start()
        for thread in threads:
            thread.join()
        stop.set()
        counter.join()
        assert not failures
        for play in plays:
            total.update(recount(play.signed, world.organisations))
        count(app, drive_id)
        assert counted(owner, drive_id) == total, f"after {first + at_once} sequences"
    with app.app_context(), use_context(Context(purpose="count")):
        assert verify_drive(drive_id)
