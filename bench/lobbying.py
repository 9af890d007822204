"""The pages of lobbying in a campaign of full size, against the same pages in one of a hundredth of it."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from bench.measure import Result, rate
from organising.organisations.models import Ask
from organising.platform.migrations import maintenance
from organising.representatives.models import Person
from tests.support.databases import Databases
from tests.support.lobbying_scale import SMALL, Size, fill
from tests.support.world import World

# The goal: at full size a page takes at most 1.5 times as long.
PAGES = {
    "targets": "/targets",
    "targets of a party": "/targets?kind=mp&party=party+3",
    "targets by position on an ask": "/targets?kind=mp&ask={ask}&position=supporter",
    "contact log": "/contact-log",
    "overdue promises": "/promises?state=overdue",
    "approaches": "/approaches",
    "whip count": "/whip",
    "whip count of an ask": "/whip/{ask}",
    "target page": "/representatives/{person}",
    "today": "/",
}
# A campaign's claims were written over two years. Written in one moment, all of them would have changed this week.
WRITTEN_WHEN_HELD = "UPDATE position_claim SET created_at = held_on + interval '12 hours'"
Installation = tuple[dict[str, str], Flask]


def compare_pages(databases: Databases, small: Installation, full: Installation) -> list[Result]:
    """Pages a second at 10,000 targets and 50,000 engagements beside those at 100 and 500, taken in turns."""
    few, many = _open(databases, small, SMALL), _open(databases, full, Size())
    results = []
    for name, address in PAGES.items():
        pages = [(client, address.format(**names)) for client, names in (many, few)]
        at_full, at_small = (rate(lambda one=one, to=to: one.get(to), 5) for one, to in pages)
        results.append(Result(f"page: {name}", "a hundredth of the rows", at_full, at_small))
    return results


def _open(databases: Databases, installation: Installation, size: Size) -> tuple[FlaskClient, dict[str, str]]:
    environment, app = installation
    world = World(app)
    owner_url = databases.owner_of(environment["DATABASE_URL"])
    fill(world, owner_url, size)
    with maintenance(owner_url) as connection:
        connection.execute(text(WRITTEN_WHEN_HELD))
    with world.context("neu") as session:
        person = session.scalars(select(Person.id).where(Person.name == "Invented Person 7")).one()
        ask = session.scalars(select(Ask.id).order_by(Ask.place).limit(1)).one()
    browser = world.browser(world.user("neu", "organiser"))
    return browser, {"person": str(person), "ask": str(ask)}
