"""Logging, editing and taking back, at the services."""

from datetime import date, timedelta
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from organising.lobbying import queries, services
from organising.lobbying.models import Engagement, EngagementAsk, EngagementNote, FollowUp, PositionClaim
from organising.lobbying.queries.timeline import find_note
from organising.organisations.models import Ask
from organising.platform.audit import AuditEvent
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.errors import Conflict, Forbidden, Invalid, NotFound
from tests.unit.lobbying.seeds import ask_id, draft, follow_up, position


@pytest.fixture
def organiser(world):
    return world.user("neu", "organiser")


def test_one_transaction_keeps_the_contact_note_asks_position_and_follow_up(world, members, organiser):
    ask = ask_id(world)
    with world.context("neu", organiser):
        logged = services.log_engagement(
            organiser, draft(members["Ada"], ask_ids=(ask,), position=position(ask), follow_up=follow_up())
        )
        db.session.commit()
        assert logged.is_new
        engagement = logged.engagement
        assert (engagement.version, engagement.author_label) == (1, organiser.display_name)
        assert [one.code for one in engagement.asks] == ["DP-1"]
        assert db.session.scalars(select(EngagementNote)).one().body == "Nervous about the whips."
        assert db.session.scalars(select(PositionClaim)).one().engagement_id == engagement.id
        assert db.session.scalars(select(FollowUp)).one().what == "Send the two-page briefing"
        actions = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.action)).all()
        assert actions == ["engagement.logged", "follow_up.added", "position.claimed"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"happened_on": date.max}, "happened_on"),
        ({"happened_on": None}, "happened_on"),
        ({"happened_on": date(1920, 1, 1)}, "happened_on"),
        ({"headline": "  "}, "headline"),
        ({"headline": "x" * 281}, "headline"),
        ({"kind": "seance"}, "kind"),
        ({"attended_by": "ghost"}, "attended_by"),
        ({"person_id": uuid4()}, "person_id"),
        ({"ask_ids": (uuid4(),)}, "ask_ids"),
        ({"follow_up": follow_up(what="")}, "what"),
        ({"follow_up": follow_up(due_on=date(2020, 1, 1))}, "due_on"),
    ],
)
def test_what_cannot_be_is_refused_by_field(world, members, organiser, changes, field):
    with world.context("neu", organiser):
        with pytest.raises(Invalid) as refused:
            services.log_engagement(organiser, draft(members["Ada"], **changes))
        assert field in refused.value.details
        db.session.commit()
        assert db.session.scalar(select(func.count(Engagement.id))) == 0


def test_tomorrow_is_refused_and_today_is_not(world, members, organiser):
    with world.context("neu", organiser):
        with pytest.raises(Invalid):
            services.log_engagement(organiser, draft(members["Ada"], happened_on=today() + timedelta(days=1)))
        assert services.log_engagement(organiser, draft(members["Ada"], happened_on=today())).is_new


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"basis": ""}, "basis"),
        ({"basis": "hunch"}, "basis"),
        ({"basis": "edm", "position": "opposed"}, "basis"),
        ({"position": "maybe"}, "position"),
        ({"confidence": ""}, "confidence"),
        ({"evidence_url": "javascript:alert(1)"}, "evidence_url"),
        ({"evidence_url": "ftp://example.org/x"}, "evidence_url"),
        ({"evidence_url": "https:///nowhere"}, "evidence_url"),
        ({"held_on": None}, "held_on"),
        ({"held_on": date.max}, "held_on"),
        ({"ask_id": None}, "ask_id"),
    ],
)
def test_a_position_needs_its_basis_and_a_possible_day(world, members, organiser, changes, field):
    with world.context("neu", organiser):
        with pytest.raises(Invalid) as refused:
            services.claim_position(organiser, members["Ada"], position(ask_id(world), **changes))
        assert field in refused.value.details


def test_a_closed_ask_takes_nothing_new(world, members, organiser):
    ask = ask_id(world)
    with world.context("liberty") as session:
        session.execute(update(Ask).where(Ask.id == ask).values(closed_at=now()))
        session.commit()
    with world.context("neu", organiser):
        with pytest.raises(Invalid) as refused:
            services.log_engagement(organiser, draft(members["Ada"], ask_ids=(ask,)))
        assert "DP-1" in refused.value.details["ask_ids"]
        with pytest.raises(Invalid):
            services.claim_position(organiser, members["Ada"], position(ask))


def test_not_in_office_needs_a_reason(world, members, organiser):
    with world.context("neu", organiser):
        with pytest.raises(services.NeedsConfirmation) as asked:
            services.log_engagement(organiser, draft(members["Dora"]))
        (caution,) = asked.value.cautions
        assert (caution.code, caution.needs_reason) == ("not_in_office", True)
        with pytest.raises(services.NeedsConfirmation):
            services.log_engagement(organiser, draft(members["Dora"]), confirmed=[caution.key])
        logged = services.log_engagement(
            organiser, draft(members["Dora"], out_of_office_reason="Hustings, as a candidate")
        )
        assert logged.engagement.out_of_office_reason == "Hustings, as a candidate"
        in_time = services.log_engagement(organiser, draft(members["Dora"], happened_on=date(2018, 3, 1)))
        assert in_time.engagement.out_of_office_reason is None


def test_a_caution_is_kept_once_confirmed(world, members, organiser):
    words = draft(members["Ada"], headline="Ring 020 7946 0018 about the asylum seeker")
    with world.context("neu", organiser):
        with pytest.raises(services.NeedsConfirmation) as asked:
            services.log_engagement(organiser, words)
        assert {one.code for one in asked.value.cautions} == {"details", "status"}
        keys = [one.key for one in asked.value.cautions]
        with pytest.raises(services.NeedsConfirmation):
            services.log_engagement(organiser, words, confirmed=keys[:1])
        assert services.log_engagement(organiser, words, confirmed=keys).is_new


def test_one_form_makes_one_record(world, members, organiser):
    words = draft(members["Ada"], position=position(ask_id(world)), follow_up=follow_up())
    with world.context("neu", organiser):
        first = services.log_engagement(organiser, words).engagement.id
        db.session.commit()
        again = services.log_engagement(organiser, words)
        assert (again.engagement.id, again.is_new) == (first, False)
        for table in (Engagement, EngagementNote, PositionClaim, FollowUp):
            assert db.session.scalar(select(func.count(table.id))) == 1


def test_one_form_sent_with_other_words_loses_neither(world, members, organiser):
    words = draft(members["Ada"])
    with world.context("neu", organiser):
        first = services.log_engagement(organiser, words).engagement.id
        other = draft(members["Ada"], submission_key=words.submission_key, note="And a second thought.")
        with pytest.raises(services.AlreadyLogged) as refused:
            services.log_engagement(organiser, other)
        assert refused.value.engagement_id == first


def test_one_form_sent_twice_at_the_same_instant_makes_one_record(world, members, organiser):
    words = draft(members["Ada"])
    made: list[bool] = []

    def send() -> None:
        with world.context("neu", organiser):
            logged = services.log_engagement(organiser, words)
            made.append(logged.is_new)
            db.session.commit()

    threads = [Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False] * 5 + [True]
    with world.context("neu", organiser):
        assert db.session.scalar(select(func.count(Engagement.id))) == 1


def test_the_same_words_from_another_form_are_asked_about(world, members, organiser):
    with world.context("neu", organiser):
        services.log_engagement(organiser, draft(members["Ada"]))
        with pytest.raises(services.NeedsConfirmation) as asked:
            services.log_engagement(organiser, draft(members["Ada"]))
        assert [one.code for one in asked.value.cautions] == ["repeated"]


def test_of_two_editors_the_second_sees_the_difference(world, members, organiser):
    ask = ask_id(world)
    with world.context("neu", organiser):
        words = draft(members["Ada"])
        engagement = services.log_engagement(organiser, words).engagement
        first = draft(members["Ada"], headline="Will ask two questions", ask_ids=(ask,))
        services.edit_engagement(organiser, engagement.id, first, version=1)
        db.session.commit()
        second = draft(members["Ada"], note="Nervous, and tired.")
        with pytest.raises(services.EditConflict) as refused:
            services.edit_engagement(organiser, engagement.id, second, version=1)
        assert refused.value.version == 2
        differences = {one.field: (one.kept, one.sent) for one in refused.value.differences}
        assert differences == {
            "headline": ("Will ask two questions", "Will ask the minister a written question"),
            "note": ("Nervous about the whips.", "Nervous, and tired."),
            "ask_ids": ((ask,), ()),
        }
        db.session.rollback()
        services.edit_engagement(organiser, engagement.id, second, version=2)
        db.session.commit()
        assert find_note(organiser, engagement.id).body == "Nervous, and tired."
        assert (engagement.version, engagement.asks) == (3, [])
        assert db.session.scalar(select(func.count(EngagementAsk.id))) == 0


def test_an_edit_that_changes_nothing_is_none(world, members, organiser):
    with world.context("neu", organiser):
        words = draft(members["Ada"])
        engagement = services.log_engagement(organiser, words).engagement
        services.edit_engagement(organiser, engagement.id, words, version=0)
        assert (engagement.version, engagement.edited_at) == (1, None)


def test_taken_out_and_put_back(world, members, organiser):
    ask = ask_id(world)
    neighbour = world.user("praxis", "organiser")
    with world.context("neu", organiser):
        engagement_id = services.log_engagement(
            organiser, draft(members["Ada"], position=position(ask))
        ).engagement.id
        services.withdraw_engagement(organiser, engagement_id)
        services.withdraw_engagement(organiser, engagement_id)
        with pytest.raises(Conflict):
            services.edit_engagement(organiser, engagement_id, draft(members["Ada"]), version=1)
        db.session.commit()
    with world.context("praxis", neighbour):
        assert db.session.scalar(select(func.count(Engagement.id))) == 0
        (dp1,) = [one for one in queries.list_positions(neighbour, members["Ada"]) if one.ask.id == ask]
        assert dp1.current.position == "unknown"
    with world.context("neu", organiser):
        services.restore_engagement(organiser, engagement_id)
        db.session.commit()
        audited = db.session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.subject_id == engagement_id)
            .order_by(AuditEvent.created_at)
        ).all()
        assert audited == ["engagement.logged", "engagement.withdrawn", "engagement.restored"]
    with world.context("praxis", neighbour):
        assert db.session.scalar(select(func.count(Engagement.id))) == 1
        (dp1,) = [one for one in queries.list_positions(neighbour, members["Ada"]) if one.ask.id == ask]
        assert dp1.current.position == "leaning_support"


def test_another_organisation_can_neither_edit_nor_withdraw(world, members, organiser):
    neighbour = world.user("praxis", "coordinator")
    with world.context("neu", organiser):
        engagement_id = services.log_engagement(organiser, draft(members["Ada"])).engagement.id
        db.session.commit()
    with world.context("praxis", neighbour):
        with pytest.raises(NotFound):
            services.edit_engagement(neighbour, engagement_id, draft(members["Ada"]), version=1)
        with pytest.raises(NotFound):
            services.withdraw_engagement(neighbour, engagement_id)


def test_a_follow_up_is_done_undone_and_not_doubled(world, members, organiser):
    with world.context("neu", organiser):
        first = services.add_follow_up(organiser, members["Ada"], follow_up())
        assert services.add_follow_up(organiser, members["Ada"], follow_up()).id == first.id
        services.finish_follow_up(organiser, first.id)
        done_at = first.done_at
        assert services.finish_follow_up(organiser, first.id).done_at == done_at
        assert services.reopen_follow_up(organiser, first.id).done_at is None


def test_an_analyst_writes_nothing(world, members):
    analyst = world.user("neu", "analyst")
    with world.context("neu", analyst):
        for attempt in (
            lambda: services.log_engagement(analyst, draft(members["Ada"])),
            lambda: services.claim_position(analyst, members["Ada"], position(ask_id(world))),
            lambda: services.add_follow_up(analyst, members["Ada"], follow_up()),
        ):
            with pytest.raises(Forbidden):
                attempt()


def test_the_same_claim_twice_is_one(world, members, organiser):
    with world.context("neu", organiser):
        words = position(ask_id(world))
        first = services.claim_position(organiser, members["Ada"], words)
        assert services.claim_position(organiser, members["Ada"], words).id == first.id


def test_the_whip_count_keeps_dispute_and_the_former_apart(world, members, organiser):
    ask = ask_id(world)
    liberty = world.user("liberty", "organiser")
    with world.context("neu", organiser):
        services.claim_position(organiser, members["Ada"], position(ask, position="champion"))
        services.claim_position(organiser, members["Bruno"], position(ask, position="opposed"))
        services.claim_position(organiser, members["Dora"], position(ask, position="supporter"))
        db.session.commit()
    with world.context("liberty", liberty):
        services.claim_position(liberty, members["Bruno"], position(ask, position="supporter"))
        db.session.commit()
        count = queries.count_whip(liberty, db.session.get_one(Ask, ask))
    assert (count.total, count.disputed, count.not_in_office, count.for_the_ask) == (3, 1, 1, 1)
    assert (count.counts["champion"], count.counts["unknown"], count.counts["opposed"]) == (1, 1, 0)


def test_pressure_counts_thirty_days_over_all_partners(world, members, organiser):
    liberty = world.user("liberty", "organiser")
    with world.context("neu", organiser):
        for days in (0, 29, 30):
            services.log_engagement(
                organiser, draft(members["Ada"], happened_on=today() - timedelta(days=days))
            )
        db.session.commit()
    with world.context("liberty", liberty):
        services.log_engagement(liberty, draft(members["Ada"]))
        db.session.commit()
        pressure = queries.measure_pressure(liberty, members["Ada"])
        assert (pressure.contacts, pressure.organisations, pressure.last_on) == (3, 2, today())
        assert queries.measure_pressure(liberty, members["Cleo"]).contacts == 0


def test_today_shows_what_is_due_and_what_partners_did(world, members, organiser):
    liberty = world.user("liberty", "organiser")
    with world.context("liberty", liberty):
        services.log_engagement(liberty, draft(members["Ada"], headline="From Liberty"))
        db.session.commit()
    with world.context("neu", organiser):
        services.log_engagement(organiser, draft(members["Ada"], headline="From NEU"))
        services.add_follow_up(organiser, members["Ada"], follow_up())
        services.add_follow_up(organiser, members["Ada"], follow_up(due_on=today() + timedelta(days=40)))
        db.session.commit()
        items = queries.today_items(organiser)
        assert [one.headline for one in items.engagements] == ["From Liberty"]
        assert items.engagements[0].person.name == "Ada Wexcombe"
        assert items.engagements[0].organisation.short_name == "Liberty"
        assert [one.follow_up.what for one in items.follow_ups] == ["Send the two-page briefing"]
        assert not items.follow_ups[0].is_overdue
