"""Approaches as a browser without JavaScript sees them: reserving, clashing, joining, handing over, running out."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import func, select, text

from organising.lobbying import queries, services
from organising.lobbying.approach_states import ApproachState
from organising.lobbying.jobs import expire_reservations
from organising.lobbying.models import Approach, ApproachEvent, ApproachOwn
from organising.lobbying.services.approach_steps import pause_approaches, resume_approaches
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.queue import run
from tests.support.lobbying import approach_form, count_approaches
from tests.unit.lobbying.approaches import reserve, row_of, turn_back
from tests.unit.lobbying.seeds import ask_id, draft


def test_the_form_shows_others_and_pressure_before_one_types(world, members, neu, praxis):
    reserve(world, praxis, members["Ada"], channel="visit", purpose="Show her the drop-in centre")
    with world.context("praxis", praxis):
        services.log_engagement(praxis, draft(members["Ada"], headline="Met at the surgery"))
        db.session.commit()
    page = world.browser(neu).get(f"/approaches/new?person={members['Ada']}").text
    before, form = page.split('id="approach-form"')
    for words in ("Someone is at their door already", "Show her the drop-in centre", "Praxis"):
        assert words in before
    assert "Met at the surgery" in page
    assert "<b>2</b> of 2" in page
    assert "All partners can see the approach" in form
    assert "Only NEU can see the note." in form


def test_reserve_request_schedule_hold(world, members, neu):
    browser = world.browser(neu)
    answer = browser.post(
        "/approaches/new",
        data=approach_form(
            members["Ada"],
            owner_user_id=str(neu.user_id),
            ask_ids=[str(ask_id(world))],
            note="Through her aide.",
        ),
    )
    assert answer.status_code == 303, answer.text
    place = answer.location.partition("?")[0]
    page = browser.get(place).text
    for words in (
        "Assigned",
        neu.display_name,
        "Through her aide.",
        "DP-1",
        "We have asked them",
        "Reserved",
    ):
        assert words in page
    assert "Approve the minutes" not in page
    for data in (
        {"state": "requested", "words": "Wrote to the diary secretary"},
        {"state": "scheduled", "scheduled_on": today().isoformat()},
        {"state": "held"},
        {"state": "minutes_draft"},
    ):
        assert browser.post(f"{place}/steps", data=data).status_code == 303, data
    page = browser.get(place).text
    for words in ("Wrote to the diary secretary", "Minutes drafted", "Agreed day", "Log what happened"):
        assert words in page
    # The second pair of eyes.
    assert browser.post(f"{place}/steps", data={"state": "minutes_approved"}).status_code == 403
    colleague = world.browser(world.user("neu", "admin"))
    assert colleague.post(f"{place}/steps", data={"state": "minutes_approved"}).status_code == 303
    with world.context("neu", neu) as session:
        told = session.execute(select(ApproachEvent.from_state, ApproachEvent.to_state)).all()
        assert [tuple(row) for row in told if row.to_state != "assigned"] == [
            ("assigned", "requested"),
            ("requested", "scheduled"),
            ("scheduled", "held"),
            ("held", "minutes_draft"),
            ("minutes_draft", "minutes_approved"),
        ]


def test_one_form_makes_one_record(world, members, neu):
    browser, data = world.browser(neu), approach_form(members["Ada"])
    first, second = (browser.post("/approaches/new", data=data) for _ in range(2))
    assert (first.status_code, second.location) == (303, first.location)
    assert count_approaches(world) == 1


def test_joining_from_asking_to_the_answer(world, members, neu, praxis):
    place = f"/approaches/{reserve(world, praxis, members['Ada'])}"
    joiner, holder = world.browser(neu), world.browser(praxis)
    assert "Ask to join" in joiner.get(place).text
    assert joiner.post(f"{place}/joins", data={"words": "We bring two teachers"}).status_code == 303
    assert "You have asked to join." in joiner.get(place).text
    page = holder.get(place).text
    assert "NEU asks to join" in page
    assert "We bring two teachers" in page
    with world.context("praxis", praxis):
        assert [one.kind for one in queries.notices.list_notices(praxis)] == ["join_asked"]
    assert (
        holder.post(f"{place}/joins/{neu.organisation_id}/answer", data={"answer": "accept"}).status_code
        == 303
    )
    assert "You are with them." in joiner.get(place).text
    assert "Log what happened" in joiner.get(place).text
    with world.context("neu", neu):
        assert [one.kind for one in queries.notices.list_notices(neu)] == ["join_answered"]
        (row,) = queries.list_approaches(neu, person_id=members["Ada"])
        assert [one.joiner.short_name for one in row.joiners] == ["NEU"]
    assert joiner.post(f"{place}/joins/withdrawal").status_code == 303
    assert "Ask to join" in joiner.get(place).text
    assert "NEU stepped back" in holder.get(place).text


def test_nobody_answers_for_the_holder_nor_joins_themselves(world, members, neu, praxis):
    place = f"/approaches/{reserve(world, praxis, members['Ada'])}"
    joiner = world.browser(neu)
    joiner.post(f"{place}/joins")
    answered = joiner.post(f"{place}/joins/{neu.organisation_id}/answer", data={"answer": "accept"})
    assert answered.status_code == 403
    assert world.browser(praxis).post(f"{place}/joins").status_code == 409
    absent = world.browser(praxis).post(f"{place}/joins/{uuid4()}/answer", data={"answer": "accept"})
    assert absent.status_code == 404


def test_the_holder_hands_over_and_both_are_told(world, members, neu, praxis):
    approach_id = reserve(world, praxis, members["Ada"], note="Our own thoughts")
    place = f"/approaches/{approach_id}"
    giver, taker = world.browser(praxis), world.browser(neu)
    assert giver.post(f"{place}/hand-over", data={"organisation_id": str(uuid4())}).status_code == 422
    data = {"organisation_id": str(neu.organisation_id), "words": "She is a former teacher"}
    assert giver.post(f"{place}/hand-over", data=data).status_code == 303
    assert row_of(world, neu, approach_id).organisation_id == neu.organisation_id
    page = taker.get(place).text
    for words in ("Handed over to NEU", "She is a former teacher", "nobody named yet", "What comes next"):
        assert words in page
    assert "Our own thoughts" not in page
    assert "Our own thoughts" in giver.get(place).text
    assert "What comes next" not in giver.get(place).text
    assert giver.post(f"{place}/steps", data={"state": "requested"}).status_code == 403
    assert taker.post(f"{place}/owner", data={"owner_user_id": str(neu.user_id)}).status_code == 303
    assert taker.post(f"{place}/steps", data={"state": "requested"}).status_code == 303
    with world.context("neu", neu):
        assert [one.kind for one in queries.notices.list_notices(neu)] == ["handed_over"]


def test_the_coordinator_hands_over_any_and_tells_both(world, members, neu, praxis):
    approach_id = reserve(world, praxis, members["Ada"])
    coordinator = world.browser(world.user("liberty", "coordinator"))
    data = {"organisation_id": str(neu.organisation_id)}
    assert coordinator.post(f"/approaches/{approach_id}/hand-over", data=data).status_code == 303
    for slug, actor in (("neu", neu), ("praxis", praxis)):
        with world.context(slug, actor):
            assert [one.kind for one in queries.notices.list_notices(actor)] == ["handed_over"]


def test_calling_off_frees_the_days_and_can_be_undone_until_they_are_taken(world, members, neu, praxis):
    place = f"/approaches/{reserve(world, praxis, members['Ada'])}"
    holder, other = world.browser(praxis), world.browser(neu)
    assert holder.post(f"{place}/cancellation", data={"words": "The whips said no"}).status_code == 303
    assert "Undo" in holder.get(place).text
    assert holder.post(f"{place}/cancellation/removal").status_code == 303
    assert row_of(world, praxis, place.rpartition("/")[2]).state == "assigned"
    holder.post(f"{place}/cancellation")
    assert other.post("/approaches/new", data=approach_form(members["Ada"])).status_code == 303
    refused = holder.post(f"{place}/cancellation/removal")
    assert refused.status_code == 409
    assert "NEU holds them" in refused.text


def test_a_step_from_a_stale_page_is_refused_with_the_page_as_it_is_now(world, members, neu):
    place = f"/approaches/{reserve(world, neu, members['Ada'])}"
    browser = world.browser(neu)
    assert browser.post(f"{place}/steps", data={"state": "closed"}).status_code == 409
    assert browser.post(f"{place}/steps", data={"state": "nonsense"}).status_code == 409
    assert browser.post(f"{place}/steps", data={"state": "requested"}).status_code == 303
    # Pressed twice.
    assert browser.post(f"{place}/steps", data={"state": "requested"}).status_code == 303
    outside = {"state": "scheduled", "scheduled_on": (today() + timedelta(days=40)).isoformat()}
    answer = browser.post(f"{place}/steps", data=outside)
    assert answer.status_code == 422
    assert "This day is not among those reserved." in answer.text
    assert browser.post(f"{place}/steps", data={"state": "scheduled"}).status_code == 422


def test_of_two_who_edit_the_second_sees_the_difference_and_loses_nothing(world, members, neu):
    place = f"/approaches/{reserve(world, neu, members['Ada'])}"
    browser = world.browser(neu)
    page = browser.get(f"{place}/edit").text
    assert 'name="version" type="hidden" value="1"' in page
    first = approach_form(members["Ada"], version="1", purpose="First words")
    assert browser.post(f"{place}/edit", data=first).status_code == 303
    second = browser.post(f"{place}/edit", data=first | {"purpose": "Second words"})
    assert second.status_code == 409
    assert "First words" in second.text
    assert "Second words" in second.text
    assert (
        browser.post(f"{place}/edit", data=first | {"purpose": "Second words", "version": "2"}).status_code
        == 303
    )
    assert "Changed: what it is for" in browser.get(place).text


def test_an_edit_into_anothers_days_clashes(world, members, neu, praxis):
    reserve(world, praxis, members["Ada"])
    place = f"/approaches/{reserve(world, neu, members['Ada'], channel='call')}"
    answer = world.browser(neu).post(f"{place}/edit", data=approach_form(members["Ada"], version="1"))
    assert answer.status_code == 409
    assert "Praxis holds them" in answer.text


def test_a_reservation_runs_out_once_and_its_holder_reads_it(
    app, world, members, neu, praxis, databases, environment
):
    gone = reserve(world, neu, members["Ada"])
    kept = reserve(world, neu, members["Bruno"])
    soon = reserve(world, neu, members["Cleo"], ends_on=today() + timedelta(days=2))
    browser = world.browser(neu)
    for data in ({"state": "requested"}, {"state": "scheduled", "scheduled_on": today().isoformat()}):
        assert browser.post(f"/approaches/{kept}/steps", data=data).status_code == 303
    turn_back(databases, environment, gone, 14)
    for _ in range(2):
        with app.app_context():
            run(f"{expire_reservations.__module__}.{expire_reservations.__name__}", None, None, "periodic")
    row = row_of(world, neu, gone)
    assert (row.state, row.interrupted_state, row.expired_at is not None) == ("cancelled", "assigned", True)
    assert row_of(world, neu, kept).state == "scheduled"
    with world.context("neu", neu) as session:
        assert session.scalar(select(func.count()).where(ApproachEvent.kind == "expired")) == 1
        alerts = {one.approach.id: one.kind for one in queries.list_alerts(neu)}
    assert alerts == {gone: "expired", soon: "expires"}
    page = browser.get("/approaches").text
    assert "ran out" in page
    assert "ends in 2 days" in page
    assert browser.post(f"/approaches/{gone}/cancellation/removal").status_code == 409
    # Its days are free for others.
    assert (
        world.browser(praxis).post("/approaches/new", data=approach_form(members["Ada"])).status_code == 303
    )


def test_the_list_filters_pages_and_exports(world, members, neu, praxis):
    reserve(world, praxis, members["Ada"], purpose="=cmd()")
    mine = reserve(world, neu, members["Bruno"], channel="call", purpose="Ring the aide")
    browser = world.browser(neu)
    assert "Ring the aide" in browser.get("/approaches").text
    for query, shown, hidden in (
        ("?mine=y&state=live", "Ring the aide", "=cmd()"),
        (f"?organisation={praxis.organisation_id}", "=cmd()", "Ring the aide"),
        ("?channel=call", "Ring the aide", "=cmd()"),
        ("?state=waiting", "Ring the aide", "No live approach"),
    ):
        page = browser.get(f"/approaches{query}").text
        assert shown in page, query
        assert hidden not in page, query
    browser.post(f"/approaches/{mine}/cancellation")
    assert "Ring the aide" not in browser.get("/approaches").text
    assert "Ring the aide" in browser.get("/approaches?state=ended").text
    table = browser.get("/approaches.csv?state=").get_data(as_text=True)
    assert "'=cmd()" in table
    assert "Ring the aide" in table
    assert browser.get("/approaches?cursor=damaged").status_code == 422


def test_the_list_takes_the_same_queries_for_one_and_for_many(app, world, members, neu, praxis):
    from sqlalchemy import event

    def statements():
        seen = []
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", note := lambda *given: seen.append(given[2]))
        world.browser(neu).get("/approaches")
        with app.app_context():
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    reserve(world, neu, members["Ada"])
    one = statements()
    for person in ("Bruno", "Cleo"):
        for channel in ("call", "letter", "email"):
            reserve(world, praxis if person == "Bruno" else neu, members[person], channel=channel)
    assert statements() == one
    assert one < 20


def test_pause_and_resume_over_all_partners(world, members, neu, praxis):
    first = reserve(world, praxis, members["Ada"])
    second = reserve(world, neu, members["Bruno"])
    coordinator = world.user("liberty", "coordinator")
    with world.context("liberty", coordinator):
        assert pause_approaches(coordinator, Approach.person_id.in_(list(members.values()))) == 2
        assert pause_approaches(coordinator) == 0
        db.session.commit()
    assert row_of(world, praxis, first).state == "paused_dissolution"
    assert world.browser(neu).post("/approaches/new", data=approach_form(members["Ada"])).status_code == 303
    with world.context("liberty", coordinator):
        assert resume_approaches(coordinator) == (1, [first])
        db.session.commit()
    assert row_of(world, praxis, first).state == "paused_dissolution"
    assert row_of(world, neu, second).state == "assigned"


def test_every_state_has_its_words(world, members, neu):
    from organising.lobbying.approach_states import STEPS
    from organising.lobbying.approach_words import STATES, step_word

    assert set(STATES) == set(ApproachState)
    with world.context("neu"):
        assert all(step_word(state, after) for state, afters in STEPS.items() for after in afters)


def test_mailings_count_towards_the_pressure_without_telling_whose(world, members, neu, praxis):
    with world.context("praxis", praxis) as session:
        holding = session.scalar(
            text("SELECT id FROM office_holding WHERE person_id = :p"), {"p": members["Ada"]}
        )
        mailing_id, choice_id = uuid4(), uuid4()
        session.execute(
            text(
                "INSERT INTO mailing (organisation_id, id, campaign_id, title, subject, body, sender_name, reply_to, state, "
                "version, created_by_label, last_editor_label, updated_at) VALUES (:o, :m, :c, 't', 's', 'b', 'n', 'r', "
                "'sent', 1, 'x', 'x', now())"
            ),
            {"o": praxis.organisation_id, "m": mailing_id, "c": world.campaign},
        )
        session.execute(
            text(
                "INSERT INTO mailing_choice (organisation_id, id, mailing_id, holding_id, person_id) "
                "VALUES (:o, :i, :m, :h, :p)"
            ),
            {"o": praxis.organisation_id, "i": choice_id, "m": mailing_id, "h": holding, "p": members["Ada"]},
        )
        session.execute(
            text(
                "INSERT INTO delivery (organisation_id, id, mailing_id, choice_id, holding_id, place, address, message_id, "
                "state, next_at, changed_at) VALUES (:o, :i, :m, :c, :h, 1, 'a', 'z', 'accepted', now(), now())"
            ),
            {"o": praxis.organisation_id, "i": uuid4(), "m": mailing_id, "c": choice_id, "h": holding},
        )
        session.commit()
    with world.context("neu", neu) as session:
        assert session.scalar(text("SELECT count(*) FROM delivery")) == 0
        pressure = queries.measure_pressure(neu, members["Ada"])
        assert (pressure.mail.done, pressure.mail.budget, pressure.contacts) == (1, 4, 0)
        assert pressure.last_on == today()


def test_the_own_side_is_the_own_organisations(world, members, neu, praxis):
    reserve(world, praxis, members["Ada"], note="canary")
    with world.context("neu", neu) as session:
        assert session.scalar(text("SELECT count(*) FROM approach_own")) == 0
    with world.context("praxis", praxis) as session:
        assert session.scalars(select(ApproachOwn)).one().note == "canary"
        assert "canary" not in " ".join(session.scalars(text("SELECT t::text FROM approach_own t")))
