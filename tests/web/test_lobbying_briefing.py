"""The briefing: two pages at most, the same words on the page and in the PDF, nobody's notes but one's own."""

import time
from datetime import timedelta

import pytest

from organising.lobbying import services
from organising.lobbying.services.commitments import CommitmentDraft, add_commitment
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.permissions import Role
from tests.support.pdf import count_pages, holds
from tests.unit.lobbying.seeds import ask_id, draft, follow_up, position

NOTE = "Canary of the private note"
TASK = "Canary of the follow-up"
MARK = "Private to NEU; do not leave behind"


@pytest.fixture
def logged(world, members):
    """NEU logged a contact with a note, a position, a promise and a follow-up; answers the organiser."""
    organiser = world.user("neu", "organiser")
    with world.context("neu", organiser):
        services.log_engagement(
            organiser,
            draft(
                members["Ada"],
                headline="Spoke up in committee",
                note=NOTE,
                follow_ups=(follow_up(what=TASK),),
            ),
        )
        services.claim_position(organiser, members["Ada"], position(ask_id(world), position="undecided"))
        add_commitment(organiser, CommitmentDraft("vote", "for the amendment"), person_id=members["Ada"])
        db.session.commit()
    return organiser


SAID = ("Ada Wexcombe", "Fablewick", "Spoke up in committee", "for the amendment", "Undecided")


def test_the_page_and_the_pdf_say_the_same(world, members, logged):
    browser = world.browser(logged)
    page = browser.get(f"/representatives/{members['Ada']}/briefing")
    pdf = browser.get(f"/representatives/{members['Ada']}/briefing.pdf")
    assert pdf.content_type == "application/pdf"
    assert pdf.data.startswith(b"%PDF")
    for words in SAID:
        assert words in page.text, words
        assert holds(pdf.data, words), words
    assert 1 <= count_pages(pdf.data) <= 2


def test_own_notes_only_with_the_tick_and_then_marked(world, members, logged):
    browser = world.browser(logged)
    for suffix, expected in (("", False), ("?notes=1", True)):
        page = browser.get(f"/representatives/{members['Ada']}/briefing{suffix}").text
        pdf = browser.get(f"/representatives/{members['Ada']}/briefing.pdf{suffix}").data
        for words in (NOTE, TASK, MARK):
            assert (words in page) == expected, words
            assert holds(pdf, words) == expected, words


@pytest.mark.parametrize(
    ("slug", "role"),
    [("praxis", role) for role in Role] + [("neu", Role.ANALYST), ("neu", Role.OFFICER)],
)
def test_nobody_else_gets_the_note_on_paper_either(world, members, logged, slug, role):
    browser = world.browser(world.user(slug, role))
    page = browser.get(f"/representatives/{members['Ada']}/briefing?notes=1").text
    pdf = browser.get(f"/representatives/{members['Ada']}/briefing.pdf?notes=1").data
    assert "Spoke up in committee" in page
    for words in (NOTE, TASK):
        assert words not in page
        assert not holds(pdf, words)


def test_what_people_type_is_never_markup(world, members, logged):
    nasty = '#panic("no") *bold* $x$ <script>alert(1)</script> \\ @ref ```raw```'
    with world.context("neu", logged):
        services.log_engagement(logged, draft(members["Ada"], headline=nasty))
        db.session.commit()
    browser = world.browser(logged)
    assert "<script>alert(1)" not in browser.get(f"/representatives/{members['Ada']}/briefing").text
    assert holds(
        browser.get(f"/representatives/{members['Ada']}/briefing.pdf").data, '#panic("no") *bold* $x$'
    )


def test_a_long_story_still_fits_on_two_pages_in_less_than_a_second(world, members, logged):
    codes = ("FW-1", "EDU-1", "EDU-2", "EDU-3", "POL-1", "POL-2", "POL-3", "POL-4", "POL-5", "POL-6",
             "HLT-1", "HLT-2", "HLT-3", "HLT-4", "DP-1", "DP-2", "DP-3", "DP-4")  # fmt: skip
    asks = [ask_id(world, code) for code in codes]
    with world.context("neu", logged):
        for place in range(30):
            long = {"headline": f"{place} " + "A long headline " * 17, "note": "Much to say. " * 400}
            services.log_engagement(
                logged,
                draft(
                    members["Ada"], ask_ids=tuple(asks), happened_on=today() - timedelta(days=place), **long
                ),
            )
            services.claim_position(
                logged, members["Ada"], position(asks[place % 18], held_on=today() - timedelta(days=place))
            )
            add_commitment(
                logged, CommitmentDraft("vote", f"{place} " + "promise " * 25), person_id=members["Ada"]
            )
        db.session.commit()
    browser = world.browser(logged)
    address = f"/representatives/{members['Ada']}/briefing.pdf?notes=1"
    browser.get(address)
    begun = time.perf_counter()
    pdf = browser.get(address).data
    assert time.perf_counter() - begun < 1
    assert count_pages(pdf) == 2
    assert holds(pdf, MARK)


def test_nobody_known_and_somebody_out_of_office(world, members):
    from uuid import uuid4

    browser = world.browser(world.user("neu", "analyst"))
    assert browser.get(f"/representatives/{uuid4()}/briefing.pdf").status_code == 404
    page = browser.get(f"/representatives/{members['Dora']}/briefing").text
    assert "Not in office" in page
    assert holds(browser.get(f"/representatives/{members['Dora']}/briefing.pdf").data, "Not in office")
