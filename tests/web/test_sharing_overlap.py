"""How far partners' circles overlap: one figure a quarter, of those who take part, from which nobody learns of anybody."""

import secrets
from collections import Counter
from datetime import timedelta

import time_machine
from sqlalchemy import select, text

from organising.platform.audit import AuditEvent
from organising.platform.clock import now, today
from organising.platform.tenancy import Context, use_context
from organising.sharing.jobs import publish_overlap
from organising.sharing.services.overlap import take_part
from tests.support.contacts import keep

PARTNERS = ("neu", "praxis", "liberty")
PAGE = "/overlap"


def joined(world, *slugs):
    for slug in slugs:
        admin = world.user(slug, "coordinator" if slug == "liberty" else "admin")
        with world.context(slug, admin) as session:
            take_part(admin)
            session.commit()


def published(world):
    with world.app.app_context():
        publish_overlap()


def totals(owner):
    return owner.rows("SELECT partners, people FROM overlap_total ORDER BY quarter")


def test_it_is_counted_once_a_quarter_of_three_who_take_part_and_leaves_nothing_behind(world, owner):
    people = {slug: world.user(slug, "organiser") for slug in PARTNERS}
    for slug in PARTNERS:
        keep(world, slug, people[slug], "Known To All", email="all@example.org")
    joined(world, "neu", "praxis")
    published(world)
    assert totals(owner) == [], "two are too few"
    joined(world, "liberty")
    for _ in range(2):
        published(world)
    assert totals(owner) == [(3, None)], "one person in common is too few to tell"
    assert owner.rows("SELECT count(*) FROM overlap_token")[0][0] == 0
    assert "Too few to tell" in world.browser(world.user("praxis", "analyst")).get(PAGE).text
    for slug in PARTNERS:
        with world.context(slug) as session:
            told = list(session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("overlap.%"))))
        assert sorted(told) == ["overlap.counted", "overlap.joined"], slug
    with time_machine.travel(now() + timedelta(days=100)):
        published(world)
    assert totals(owner) == [(3, None)] * 2


def test_what_is_published_is_near_the_truth_and_of_those_alone_who_take_part(world, owner):
    joined(world, *PARTNERS)
    run, outsider = secrets.token_hex(16), world.organisation("outsider")
    pairs = [[secrets.token_bytes(32) for _ in range(300)] for _ in range(3)]
    lists = {"neu": pairs[0] + pairs[1], "praxis": pairs[1] + pairs[2], "liberty": pairs[2] + pairs[0]}
    lists["outsider"] = [secrets.token_bytes(32) for _ in range(900)]
    lists["neu"] += lists["outsider"]
    for slug, tokens in lists.items():
        with world.context(slug) as session:
            session.execute(text("SELECT app.add_overlap_tokens(:r, :t)"), {"r": run, "t": tokens})
            session.commit()
    assert owner.rows("SELECT count(*) FROM overlap_token WHERE organisation_id = %s", outsider) == [(0,)]
    ask = text("SELECT app.publish_overlap(:c, :d, :r)")
    given = {"c": world.campaign, "d": today(), "r": run}
    with world.context("neu") as session:
        assert session.scalar(ask, given) is False, (
            "no organisation publishes by itself, whatever SQL it is sent"
        )
    with world.app.app_context(), use_context(Context(purpose="overlap")) as session:
        assert session.scalar(ask, given) is True
        session.commit()
    ((partners, people),) = totals(owner)
    assert partners == 3
    assert people % 10 == 0
    assert 600 <= people <= 1200, (
        "nine hundred are known to two; noise of scale 20 takes it 300 away once in 3,000,000"
    )
    page = world.browser(world.user("neu", "officer")).get(PAGE).text
    assert f"{people:,}" in page
    assert owner.rows("SELECT count(*) FROM overlap_token")[0][0] == 0


def test_who_adds_one_person_and_looks_learns_nothing(world, owner):
    """The figure before and after somebody is added, at the edge of a ten and of being told at all.

    Rounding alone would give them away there with certainty. An attacker's best guess from the figure is better than a
    coin's by half the distance between the two distributions, which e^(1/20) for each of two answers keeps below 0.05.
    """
    looks = 20_000
    for before, after in (((1004, 500), (1005, 500)), ((400, 100), (400, 99)), ((5, 9), (6, 10))):
        seen = [
            Counter(
                row[0]
                for row in owner.rows(
                    "SELECT app.overlap_release(%s, %s) FROM generate_series(1, %s)", people, least, looks
                )
            )
            for people, least in (before, after)
        ]
        distance = sum(abs(seen[0][one] - seen[1][one]) for one in seen[0] | seen[1]) / 2 / looks
        assert distance < 0.1, (before, after, distance)
    assert sum(seen[0][one] for one in seen[0] if one is not None) / looks < 0.02, "nine are hardly ever told"


def test_admins_decide_and_every_partner_sees_who_takes_part(world):
    admin, organiser = (
        world.browser(world.user("neu", "admin")),
        world.browser(world.user("neu", "organiser")),
    )
    assert organiser.post(f"{PAGE}/part").status_code == 403
    for _ in range(2):
        assert admin.post(f"{PAGE}/part").status_code == 303
    assert "NEU" in world.browser(world.user("praxis", "analyst")).get(PAGE).text.split("Who takes part")[1]
    for _ in range(2):
        assert admin.post(f"{PAGE}/part/removal").status_code == 303
    assert "Nobody yet" in organiser.get(PAGE).text
    assert admin.post(f"{PAGE}/part").status_code == 303, "and again"
