"""What a contact said before, and a note's sentence as headline: who reads it, who may, and what the database holds."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from organising.lobbying import services
from organising.lobbying.models import EngagementNoteRevision, EngagementRevision
from organising.lobbying.services.promoting import SENTENCE
from organising.platform.audit import AuditEvent
from organising.platform.db import db
from organising.platform.differences import compare_texts
from organising.platform.permissions import Role
from tests.unit.lobbying.seeds import draft

NOTE = "Nervous about the whips. Will table a motion in May! Rang twice"


@pytest.fixture
def people(world):
    made = {role: world.user("neu", role, unit="Camden") for role in Role}
    made["officer elsewhere"] = world.user("neu", "officer", unit="Leeds")
    made["neighbour"] = world.user("praxis", "coordinator")
    return made


def edited_contact(world, actor, members, **changes):
    """Logged by this person, then edited: headline and note, then the note alone."""
    first = draft(members["Ada"], note="canary-note-before", **changes)
    with world.context("neu", actor):
        kept = services.log_engagement(actor, first).engagement.id
        for version, words in enumerate(
            (
                {"headline": "Will ask the minister two questions", "note": "canary-note-between"},
                {"note": NOTE},
            ),
            1,
        ):
            headline = {"headline": "Will ask the minister two questions"} | words
            services.edit_engagement(actor, kept, draft(members["Ada"], **headline), version=version)
            db.session.commit()
    return kept


# Rows "engagement headline" and "engagement note" of the matrix, for what they said before.
@pytest.mark.parametrize(
    ("reader", "notes_of_organiser", "notes_of_officer"),
    [
        (Role.COORDINATOR, True, True),
        (Role.DEPUTY, True, True),
        (Role.ADMIN, True, True),
        (Role.ORGANISER, True, True),
        (Role.OFFICER, False, True),
        ("officer elsewhere", False, False),
        (Role.ANALYST, False, False),
        ("neighbour", False, False),
    ],
)
def test_history_rows(world, members, people, reader, notes_of_organiser, notes_of_officer):
    browser = world.browser(people[reader])
    slug = "praxis" if reader == "neighbour" else "neu"
    for author, expected in ((Role.ORGANISER, notes_of_organiser), (Role.OFFICER, notes_of_officer)):
        kept = edited_contact(world, people[author], members)
        page = browser.get(f"/contact-log/{kept}/history")
        assert page.status_code == 200
        # What it said before was taken out for a reason: partners read that it was changed, and no more.
        is_own = reader != "neighbour"
        assert bool(re.search(r"<del>.*?written question\s*</del>", page.text, re.DOTALL)) == is_own
        assert ("Changed by NEU" in page.text) == (not is_own)
        assert ("canary-note-before" in page.text) == expected
        assert ("canary-note-between" in page.text) == expected
        # An edit of the note alone is a line for who reads the note, and nothing for others.
        assert page.text.count("changed it") == ((2 if expected else 1) if is_own else 0)
        with world.context(slug, people[reader]):
            seen = db.session.execute(
                text("SELECT count(*) FROM engagement_note_revision WHERE engagement_id = :id"), {"id": kept}
            ).scalar_one()
            assert seen == (2 if expected else 0)
            shared = db.session.execute(
                text("SELECT count(*) FROM engagement_revision WHERE engagement_id = :id"), {"id": kept}
            ).scalar_one()
            assert shared == (2 if is_own else 0)


def test_history_is_only_ever_added_to(world, members, people):
    edited_contact(world, people[Role.ORGANISER], members)
    with world.context("neu", people[Role.ORGANISER]):
        for table in ("engagement_revision", "engagement_note_revision"):
            for statement in (f"UPDATE {table} SET version = 9", f"DELETE FROM {table}"):
                with pytest.raises(Exception, match="permission denied"):
                    db.session.execute(text(statement))
                db.session.rollback()


def test_a_withdrawn_contact_takes_its_history_and_attendees_from_partners(world, members, people):
    liberty = services.AttendeeDraft(world.organisation("liberty"), label="Rosie")
    kept = edited_contact(world, people[Role.ORGANISER], members, attendees=(liberty,))
    own, neighbour = world.browser(people[Role.ORGANISER]), world.browser(people["neighbour"])
    own.post(f"/contact-log/{kept}/withdrawal")
    assert (
        neighbour.get(f"/contact-log/{kept}/history").data
        == neighbour.get(f"/contact-log/{uuid4()}/history").data
    )
    assert "took it out of the log" in own.get(f"/contact-log/{kept}/history").text
    with world.context("praxis", people["neighbour"]):
        for table in ("engagement_revision", "engagement_attendee"):
            assert db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0
    own.post(f"/contact-log/{kept}/withdrawal/removal")
    assert "Changed by NEU" in neighbour.get(f"/contact-log/{kept}/history").text
    assert "put it back into the log" in own.get(f"/contact-log/{kept}/history").text


def test_no_note_stands_in_clear_in_its_history(world, members, people):
    edited_contact(world, people[Role.ORGANISER], members)
    with world.context("neu", people[Role.ORGANISER]) as session:
        for table in ("engagement_revision", "engagement_note_revision", "audit_event"):
            assert "canary-note" not in " ".join(session.scalars(text(f'SELECT t::text FROM "{table}" t')))


def test_attendees_are_of_own_contacts_within_reach_and_of_their_staff_no_name(world, members, people):
    kept = edited_contact(world, people[Role.ORGANISER], members)
    insert = (
        "INSERT INTO engagement_attendee (id, campaign_id, organisation_id, author_label, engagement_id, attending_id,"
        " staff_role, label) VALUES (gen_random_uuid(), :c, app.org(), 'x', :e, :a, :r, :l)"
    )
    for slug, who, values, refusal in (
        ("praxis", "neighbour", {"r": "researcher", "l": ""}, "row-level security|foreign key"),
        ("neu", Role.OFFICER, {"r": "researcher", "l": ""}, "row-level security"),
        ("neu", Role.ORGANISER, {"r": "researcher", "l": "Jo Bloggs"}, "no_name"),
        ("neu", Role.ORGANISER, {"r": None, "l": "Jo Bloggs"}, "side"),
    ):
        with world.context(slug, people[who]) as session, pytest.raises(Exception, match=refusal):
            session.execute(text(insert), {"c": world.campaign, "e": kept, "a": None} | values)


def test_a_sentence_becomes_the_headline_after_a_look_and_a_yes(world, members, people):
    kept = edited_contact(world, people[Role.ORGANISER], members)
    browser, address = world.browser(people[Role.ORGANISER]), f"/contact-log/{kept}/promotion"
    page = browser.get(address).text
    for sentence in ("Nervous about the whips.", "Will table a motion in May!", "Rang twice"):
        assert sentence in page
    assert browser.post(address, data={"version": "3", "do": "choose"}).status_code == 422
    proposed = browser.post(address, data={"version": "3", "do": "choose", "sentence": "1"})
    assert proposed.status_code == 200
    assert "All partners will read this." in proposed.text
    sent = {"version": "3", "headline": "Will table a motion in May!"}
    unasked = browser.post(address, data=sent)
    assert unasked.status_code == 422
    assert "Say that all partners may read this." in unasked.text
    assert browser.post(address, data=sent | {"is_agreed": "y", "headline": "x" * 281}).status_code == 422
    assert browser.post(address, data=sent | {"is_agreed": "y"}).status_code == 303
    assert "Will table a motion in May!" in world.browser(people["neighbour"]).get("/contact-log").text
    history = world.browser(people["neighbour"]).get(f"/contact-log/{kept}/history").text
    assert "Changed by NEU" in history
    assert "Nervous about the whips." not in history
    assert "made words of the note the headline" in browser.get(f"/contact-log/{kept}/history").text
    with world.context("neu", people[Role.ORGANISER]):
        assert db.session.scalars(select(AuditEvent).where(AuditEvent.action == "engagement.promoted")).one()


def test_details_in_a_promoted_sentence_are_asked_about(world, members, people):
    kept = edited_contact(world, people[Role.ORGANISER], members)
    browser, address = world.browser(people[Role.ORGANISER]), f"/contact-log/{kept}/promotion"
    sent = {"version": "3", "is_agreed": "y", "headline": "Ring 020 7946 0018"}
    asked = browser.post(address, data=sent)
    assert asked.status_code == 422
    key = re.search(r'type="checkbox" name="confirmed" value="([^"]+)"', asked.text)[1]
    assert browser.post(address, data=sent | {"confirmed": key}).status_code == 303


def test_a_promotion_after_anothers_edit_shows_theirs_first(world, members, people):
    kept = edited_contact(world, people[Role.ORGANISER], members)
    browser, address = world.browser(people[Role.ORGANISER]), f"/contact-log/{kept}/promotion"
    late = browser.post(address, data={"version": "1", "is_agreed": "y", "headline": "Rang twice"})
    assert late.status_code == 409
    assert "Will ask the minister two questions" in late.text
    assert 'value="3"' in late.text


@pytest.mark.parametrize(
    ("reader", "status"),
    [(Role.COORDINATOR, 403), (Role.ADMIN, 403), (Role.DEPUTY, 403), (Role.OFFICER, 403), (Role.ANALYST, 403),
     ("officer elsewhere", 403), ("neighbour", 404)],
)  # fmt: skip
def test_only_who_wrote_the_note_promotes_its_words(world, members, people, reader, status):
    kept = edited_contact(world, people[Role.ORGANISER], members)
    browser = world.browser(people[reader])
    sent = {"version": "3", "is_agreed": "y", "headline": "Rang twice"}
    assert browser.get(f"/contact-log/{kept}/promotion").status_code == status
    assert browser.post(f"/contact-log/{kept}/promotion", data=sent).status_code == status
    slug = "praxis" if reader == "neighbour" else "neu"
    promoted = EngagementRevision(
        campaign_id=world.campaign,
        author_label="x",
        engagement_id=kept,
        version=4,
        deed="promoted",
        changes={},
    )
    with world.context(slug, people[reader]) as session:
        session.add(promoted)
        with pytest.raises(Exception, match=r"row-level|foreign key"):
            session.flush()


def test_words_that_stayed_went_and_came():
    assert compare_texts("Will ask one question", "Will ask two questions") == [
        ("same", "Will ask "), ("gone", "one"), ("new", "two"), ("same", " "), ("gone", "question"), ("new", "questions"),
    ]  # fmt: skip
    assert compare_texts("", "New") == [("new", "New")]
    assert [one.strip() for one in SENTENCE.findall("One. “Two?” Three…\nFour") if one.strip()][-1] == "Four"


def test_the_note_before_is_sealed_to_its_row(world, members, people):
    edited_contact(world, people[Role.ORGANISER], members)
    with world.context("neu", people[Role.ORGANISER]):
        before = db.session.scalars(
            select(EngagementNoteRevision).order_by(EngagementNoteRevision.version)
        ).all()
        assert [one.before for one in before] == ["canary-note-before", "canary-note-between"]
