"""The list of contacts and the count of segments at 300,000 of them, against the same at 3,000."""

from collections.abc import Callable, Mapping

from flask import Flask
from flask.testing import FlaskClient

from bench.measure import Result, rate
from organising.contacts.criteria import Condition, Group, Mode
from organising.contacts.queries.questions import Question, list_questions
from organising.contacts.queries.segments import count_matching, holds
from organising.platform.actor import Actor
from organising.platform.tenancy import Context, use_context
from tests.support.contacts_scale import fill
from tests.support.databases import Databases
from tests.support.world import World

SMALL, FULL = 3_000, 300_000
# The goal: a search answers within 100 ms on the server.
PAGES = {
    "first page": "/contacts",
    "one letter": "/contacts?q=b",
    "a few letters": "/contacts?q=bfam",
    "two words begun": "/contacts?q=bfamily1+bg",
    "a whole name": "/contacts?q=bgiven27+ofamily13813",
    "an email address": "/contacts?q=somebody%40example.org",
    "an area and a sector": "/contacts?area=E14000007&sector=health",
}
Asked = Callable[[Mapping[str, Question]], Group]
Installation = tuple[dict[str, str], Flask]


def _tag(questions: Mapping[str, Question], number: int) -> str:
    return next(value for value, name in questions["tag"].choices() if name == f"tag {number}")


def _one(questions: Mapping[str, Question]) -> Group:
    """Everybody with one tag."""
    return Group(parts=(Condition("tag", "has", _tag(questions, 3)),))


def _usual(questions: Mapping[str, Question]) -> Group:
    """Who says yes to news, in one of two seats, with either of two tags, and no police."""
    return Group(
        parts=(
            Condition("consent.news.email", "yes"),
            Group(
                Mode.ANY,
                (Condition("tag", "has", _tag(questions, 3)), Condition("tag", "has", _tag(questions, 5))),
            ),
            Group(Mode.ANY, (Condition("area", "is", "E14000007"), Condition("area", "is", "E14000008"))),
            Group(Mode.NONE, (Condition("sector", "is", "police"),)),
        )
    )


def _broad(questions: Mapping[str, Question]) -> Group:
    """What hardly narrows: either of four things, and none of three, nobody named in it."""
    field = next(key for key in questions if key.startswith("field."))
    return Group(
        parts=(
            Group(
                Mode.ANY,
                (
                    Condition("consent.news.email", "not_yes"),
                    Condition("tag", "has", _tag(questions, 1)),
                    Condition(field, "at_least", "20"),
                    Condition("email", "has"),
                ),
            ),
            Group(
                Mode.NONE,
                (
                    Condition("tag", "has", _tag(questions, 2)),
                    Condition("mail", "within", "30"),
                    Condition("consent.news.email", "withdrawn"),
                ),
            ),
        )
    )


SEGMENTS: dict[str, Asked] = {"one tag": _one, "a usual segment": _usual, "a segment of nearly all": _broad}


def compare_contacts(databases: Databases, small: Installation, full: Installation) -> list[Result]:
    """Pages a second, taken in turns; the note says how long one takes at full size."""
    few, many = _open(databases, small, SMALL), _open(databases, full, FULL)
    results = _count_segments((full[1], many[1]), (small[1], few[1]))
    few, many = few[0], many[0]
    for name, address in PAGES.items():
        at_full, at_small = (rate(lambda one=one, to=address: one.get(to), 5) for one in (many, few))
        note = f"{1000 / at_full:.0f} ms a page"
        results.append(Result(f"contacts: {name}", "a hundredth of the rows", at_full, at_small, note))
    return results


def _count_segments(full: tuple[Flask, Actor], small: tuple[Flask, Actor]) -> list[Result]:
    """Segments counted, as the builder does; the note says how long one takes at full size, and whom it finds."""
    results = []
    for name, asked in SEGMENTS.items():
        rates = []
        for app, actor in (full, small):
            context = Context(organisation_id=actor.organisation_id, user_id=actor.user_id)
            with app.app_context(), use_context(context):
                questions = list_questions()
                group = asked(questions)
                found = count_matching(holds(group, questions))
                rates.append((rate(lambda g=group, q=questions: count_matching(holds(g, q)), 5), found))
        note = f"{1000 / rates[0][0]:.0f} ms a count, {rates[0][1]:,} found"
        results.append(Result(f"segment: {name}", "a hundredth of the rows", rates[0][0], rates[1][0], note))
    return results


def _open(databases: Databases, installation: Installation, number: int) -> tuple[FlaskClient, Actor]:
    environment, app = installation
    world = World(app)
    fill(databases.owner_of(environment["DATABASE_URL"]), world.organisations["neu"], number)
    organiser = world.user("neu", "organiser")
    return world.browser(organiser), organiser
