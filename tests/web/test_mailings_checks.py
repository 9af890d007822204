"""Checks before sign-off on the pages: what stops, what is to be known, each with its fix, and to whom it is told."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text

from organising.mailings.checks import alignment, runs_of
from organising.mailings.models import Mailing
from organising.mailings.queries.earlier import count_alike
from organising.mailings.services import review
from organising.mailings.services.identities import Sender, add_identity
from organising.platform.clock import now
from organising.platform.errors import Invalid
from organising.representatives.models import Person
from tests.support.mail import Sink
from tests.support.mailings import Campaigners, wording

GOOD = """Dear {{ salutation }},

I write for the {{ organisation }} about schools in {{ constituency }}. We ask you to support a firewall between
education data and immigration enforcement, so that every child can sit in a classroom without fear of a register.

Will you meet two teachers of {{ constituency }} before the recess? Our briefing: https://firewall.example.org/briefing

Yours sincerely,
A campaigner
"""


def draft(people: Campaigners, **changes: object) -> UUID:
    """A draft whose answers go to its author, who signs in with that address."""
    return people.draft(**({"reply_to": people.world.email(people.organiser)} | changes))


def page_of(people: Campaigners, mailing: UUID, path: str = "") -> str:
    return people.world.browser(people.organiser).get(f"/mailings/{mailing}{path}").text


def test_a_good_letter_says_that_nothing_was_found(people: Campaigners) -> None:
    mailing = draft(people, body=GOOD)
    for path in ("", "/review"):
        assert "The checks found nothing" in page_of(people, mailing, path)


def test_what_stops_is_shown_with_its_fix_and_stops(people: Campaigners) -> None:
    mailing = draft(people, body=GOOD + "\n[NAME] https://bit.ly/abc\n")
    page = page_of(people, mailing, "/review")
    assert "The checks found 2 things" in page
    assert "2 of them have to be put right" in page
    assert "bit.ly hides where the link leads" in page
    assert "Open it, and put in the address that it leads to." in page
    assert "Line 11: “[NAME]”" in page
    assert f'href="/mailings/{mailing}/text"' in page
    assert "Who signs it off?" not in page
    # Each is told once.
    assert page.count("hides where the link leads") == 1
    answer = people.world.browser(people.organiser).post(
        f"/mailings/{mailing}/review", data={"reviewer": "own"}
    )
    assert answer.status_code in (400, 422)
    assert people.state(mailing) == "draft"
    with people.world.context("neu", people.organiser), pytest.raises(Invalid, match=r"bit\.ly"):
        review.ask_for_sign_off(people.organiser, mailing, lend_to_lead=False)


def test_what_is_to_be_known_does_not_stop_and_the_signer_sees_it(people: Campaigners) -> None:
    mailing = draft(people, body=GOOD.replace("https://firewall", "http://firewall"))
    page = page_of(people, mailing, "/review")
    assert "is not secure" in page
    assert "None of them stops the sign-off" in page
    people.ask(mailing)
    signer = people.world.browser(people.admin).get(f"/mailings/{mailing}").text
    assert "is not secure" in signer


def test_names_are_those_of_the_audience_and_the_partners(people: Campaigners) -> None:
    body = GOOD.replace(
        "Will you meet", "As Ada Membre0003 and Pracsis said, and as people in Seat 0004 know: will you meet"
    )
    page = page_of(people, draft(people, body=body))
    assert "is one letter away from" not in page
    page = page_of(people, draft(people, body=GOOD.replace("Will you", "Praxsis asks too. Will you")))
    assert "“Praxsis” is one letter away from a partner, “Praxis”" in page


def test_likeness_is_told_with_how_many_have_had_it(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    smtp_sink.refuse["member0002@parliament.example"] = "550 5.2.1 no"
    first = people.sending(title="The first letter", body=GOOD)
    run_jobs()
    assert people.counts(first)["accepted"] == 5
    page = page_of(people, draft(people, title="The second", body=GOOD.replace("classroom", "school")))
    told = re.search(r"(\d+) % of this letter stands in “The first letter”, which 5 of them have had", page)
    assert told
    assert 80 < int(told.group(1)) < 100
    assert "5 of them were written to in the last 30 days by some partner" in page


def test_partners_are_numbers_and_no_content(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    people.sending(title="The NEU’s secret title", body=GOOD)
    run_jobs()
    liberty = Campaigners.at(people.world, "liberty")
    page = page_of(liberty, draft(liberty, title="Liberty’s", body=GOOD))
    assert (
        "6 of them were written to in the last 30 days by some partner; the most letters to one person: 1."
        in page
    )
    # Whom it is about, to the author alone; who wrote, to nobody.
    assert "Ada Member0001, Seat 0001: 1; Ada Member0002, Seat 0002: 1" in page
    assert "secret title" not in page
    assert "stands in" not in page


def test_a_partners_letter_much_like_this_one_is_a_number(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    smtp_sink.refuse["member0002@parliament.example"] = "550 5.2.1 no"
    people.sending(title="The NEU’s secret title", body=GOOD)
    run_jobs()
    liberty = Campaigners.at(people.world, "liberty")
    alike = GOOD.replace("Dear {{ salutation }}", "Hello {{ full_name }}").replace("teachers", "parents")
    told = "5 of them have had a letter much like this one from a partner in the last 90 days."
    page = page_of(liberty, draft(liberty, body=alike))
    assert told in page
    assert "secret title" not in page
    other = (
        "Dear {{ salutation }},\n\n"
        + "Liberty writes of something else in {{ constituency }} and asks you to come. " * 6
    )
    assert "much like this one" not in page_of(liberty, draft(liberty, body=other))
    # A few words in common are not enough, and tell nothing.
    half = "Dear {{ salutation }},\n\n" + GOOD.split("\n\n")[1][:90] + other
    assert "much like this one" not in page_of(liberty, draft(liberty, body=half))
    # One's own letters are told by name, not among these.
    assert "much like this one" not in page_of(people, draft(people, body=alike))


def test_the_database_answers_little_and_only_within_the_campaign(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    people.sending(title="The NEU’s", body=GOOD)
    run_jobs()
    since = datetime(2020, 1, 1, tzinfo=UTC)
    with people.world.context("liberty") as session:
        ids = list(session.scalars(select(Person.id)))
        runs = runs_of(GOOD)
        assert count_alike(runs, ids, since) == 6
        # Under twenty runs of words it says nothing: no phrase can be asked for by itself.
        assert count_alike(runs[:19], ids, since) == 0
        assert count_alike([*runs[:9], *(f"{n} b c d" for n in range(11))], ids, since) == 0
        assert count_alike(runs, ids, datetime(2099, 1, 1, tzinfo=UTC)) == 0
        assert count_alike(runs, [], since) == 0
        assert session.scalar(text("SELECT count(*) FROM mailing")) == 0


def test_whoever_signs_for_a_partner_sees_the_checks_and_not_the_other_mailings(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    people.sending(title="The NEU’s other letter", body=GOOD)
    run_jobs()
    lent = draft(people, body=GOOD.replace("https://firewall", "http://firewall"))
    with people.world.context("neu", people.organiser) as session:
        review.ask_for_sign_off(people.organiser, lent, lend_to_lead=True)
        session.commit()
    assert "other letter" in page_of(people, lent)
    coordinator = people.world.user("liberty", "coordinator")
    page = people.world.browser(coordinator).get(f"/mailings/{lent}").text
    assert "is not secure" in page
    assert "other letter" not in page
    assert f"/mailings/{lent}/text" not in page


@pytest.fixture
def dns_says(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Sequence[str]]]:
    records: dict[str, Sequence[str]] = {}
    alignment.forget()
    monkeypatch.setattr(alignment, "_txt", lambda name, seconds: records.get(name, ()))
    yield records
    alignment.forget()


def test_the_senders_domain_is_looked_up(people: Campaigners, dns_says: dict[str, Sequence[str]]) -> None:
    mailing = draft(people, body=GOOD)
    with people.world.context("neu") as session:
        row = session.get_one(Mailing, (people.organiser.organisation_id, mailing))
        row.sender = "NEU campaigns <campaigns@neu.org>"
        row.updated_at = datetime(2026, 1, 1, tzinfo=UTC)
        session.commit()
    assert "neu.org has no DMARC record" in page_of(people, mailing)
    alignment.forget()
    dns_says |= {"neu.org": ["v=spf1 -all"], "_dmarc.neu.org": ["v=DMARC1; p=reject"]}
    assert "The checks found nothing" in page_of(people, mailing)


def test_where_answers_go_is_known_to_be_read(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    mailing = people.draft(body=GOOD, reply_to="campaigns@neu.example")
    told = "Nobody has confirmed that campaigns@neu.example is read."
    assert told in page_of(people, mailing)
    with people.world.context("neu", people.admin) as session:
        identity = add_identity(people.admin, Sender("NEU", "campaigns@neu.example", "campaigns@neu.example"))
        session.flush()
        identity.confirm("campaigns@neu.example", now())
        session.commit()
    assert "The checks found nothing" in page_of(people, mailing)
    # A colleague of another organisation vouches for nothing.
    theirs = people.world.email(people.world.user("liberty", "organiser"))
    assert "Nobody has confirmed that" in page_of(
        people, people.draft(body=GOOD, title="Theirs", reply_to=theirs)
    )


def test_what_has_left_is_checked_no_more(
    people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    mailing = people.sending(**vars(wording(body=GOOD.replace("https://firewall", "http://firewall"))))
    run_jobs()
    assert 'id="checks"' not in page_of(people, mailing)
