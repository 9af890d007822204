"""Joining forces: who sees what is proposed, who may answer, and that nothing private passes."""

from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from organising.actions import services
from organising.actions.jobs import sweep_joinings
from organising.actions.models import ActionJoining, BranchAction
from organising.actions.queries.together import get_proposal, list_joined
from organising.actions.states import JOININGS, Joining
from organising.platform.errors import DomainError
from tests.support.actions import planned
from tests.support.walks import Walk, take_steps


def two_near(world):
    """An action of NEU's and one of Praxis's in the same town and days."""
    officer, partner = world.user("neu", "officer"), world.user("praxis", "admin")
    ours = planned(world, officer, title="Our stall", notes="Rosa has the key")
    theirs = planned(
        world, partner, "praxis", title="Their stall", notes="Ali brings the van", area="ALDERWICK"
    )
    return officer, partner, ours, theirs


def proposed(world, officer, ours, theirs) -> UUID:
    answer = world.browser(officer).post(
        f"/actions/{ours}/partners", data={"other": str(theirs), "words": "Share the table?"}
    )
    assert answer.status_code == 303
    with world.context("neu", officer) as session:
        return session.scalars(select(ActionJoining.id)).one()


def test_two_partners_find_each_other_and_both_names_stand_on_both_headlines(world):
    officer, partner, ours, theirs = two_near(world)
    third = world.browser(world.user("liberty", "organiser"))
    page = world.browser(officer).get(f"/actions/{ours}/partners").text
    assert "Their stall" in page
    assert "in the same town" in page
    assert "Ali brings the van" not in page
    proposal = proposed(world, officer, ours, theirs)
    assert "A partner asks to join forces" in world.browser(partner).get("/actions").text
    page = world.browser(partner).get(f"/actions/{theirs}/partners").text
    assert "Share the table?" in page
    assert "Rosa has the key" not in page
    assert third.post(f"/actions/proposals/{proposal}/accept").status_code == 404
    assert "Praxis" not in third.get(f"/actions/{ours}").text

    organiser = world.browser(world.user("praxis", "organiser"))
    assert organiser.post(f"/actions/proposals/{proposal}/accept").status_code == 403
    world.browser(officer).post(f"/actions/proposals/{proposal}/accept")
    assert "Praxis" not in third.get(f"/actions/{ours}").text
    for _twice in range(2):
        assert world.browser(partner).post(f"/actions/proposals/{proposal}/accept").status_code == 303
    assert "Praxis" in third.get(f"/actions/{ours}").text
    assert f"/actions/{ours}" in third.get(f"/actions/{theirs}").text
    assert "Rosa" not in world.browser(partner).get(f"/actions/{ours}").text
    with world.context("liberty") as session:
        assert [row.decision for row in session.scalars(select(ActionJoining))] == ["accepted"]

    assert world.browser(officer).post(f"/actions/proposals/{proposal}/leave").status_code == 303
    assert "Praxis" not in third.get(f"/actions/{ours}").text
    assert "No longer run together" in world.browser(officer).get(f"/actions/{ours}").text


def test_a_proposal_twice_is_one_and_a_declined_one_stays_between_the_two(world):
    officer, partner, ours, theirs = two_near(world)
    proposal = proposed(world, officer, ours, theirs)
    assert proposed(world, officer, ours, theirs) == proposal
    back = {"other": str(ours)}
    world.browser(partner).post(f"/actions/{theirs}/partners", data=back)
    assert world.browser(partner).post(f"/actions/proposals/{proposal}/decline").status_code == 303
    assert "Declined" in world.browser(officer).get(f"/actions/{ours}/partners").text
    with world.context("liberty") as session:
        assert session.scalars(select(ActionJoining)).all() == []


def test_the_database_takes_no_decision_in_another_s_place(world):
    officer, _, ours, theirs = two_near(world)
    proposal = proposed(world, officer, ours, theirs)
    with world.context("neu", officer) as session:
        row = session.execute(select(ActionJoining.__table__)).mappings().one()
        forged = dict(row) | {"decision": "accepted", "id": UUID(int=1)}
        with pytest.raises(DBAPIError, match="another to decide"):
            session.execute(insert(ActionJoining.__table__).values(forged))
        session.rollback()
    with world.context("neu", officer) as session:
        with pytest.raises(DBAPIError, match="permission denied"):
            session.execute(
                text("UPDATE action_joining SET decision = 'accepted' WHERE id = :id"), {"id": proposal}
            )
        session.rollback()


class JoiningWalk(Walk):
    """Either side presses anything at any time."""

    @initialize()
    def begin(self):
        world = type(self).world
        self.world, self.sides = world, type(self).sides
        officer = self.sides["neu"]
        with world.context("neu", officer) as session:
            self.proposal = services.propose_joining(officer, *type(self).pair, "")
            self.state = get_proposal(officer, self.proposal).state
            session.commit()

    @rule(slug=st.sampled_from(["neu", "praxis"]), verb=st.sampled_from(sorted(JOININGS)))
    def press(self, slug, verb):
        actor, before = self.sides[slug], self.state
        with self.world.context(slug, actor) as session:
            try:
                self.state = services.decide_joining(actor, self.proposal, verb).state
                session.commit()
            except DomainError:
                session.rollback()
                return
        step = JOININGS[verb]
        assert self.state == before or (before in step.sources and self.state == step.target)
        if self.state != before:
            side = "praxis" if verb in ("accept", "decline") else "neu" if verb == "withdraw" else slug
            assert slug == side

    @invariant()
    def names_stand_together_only_while_accepted(self):
        if not hasattr(self, "proposal"):
            return
        with self.world.context("liberty"):
            joined = [one.id for one in list_joined(type(self).pair[0])]
        expected = self.state is Joining.ACCEPTED
        assert (type(self).pair[1] in joined) == expected


@pytest.mark.parametrize("steps", [20, pytest.param(1_000, marks=pytest.mark.slow)])
def test_a_walk_over_both_sides_meets_no_illegal_state(world, steps):
    officer, partner, ours, theirs = two_near(world)
    JoiningWalk.world, JoiningWalk.sides = world, {"neu": officer, "praxis": partner}
    JoiningWalk.pair = (ours, theirs)
    take_steps(JoiningWalk, steps)
    with world.context("neu") as session:
        assert session.get_one(BranchAction, ours).state == "scheduled"


def test_each_decision_is_told_once_by_mail_and_stands_on_today(world, run_jobs, smtp_sink):
    """A proposal to who leads the partner's action; the answer to who leads the proposer's. The private words in no mail."""
    officer, partner, ours, theirs = two_near(world)
    another = world.user("praxis", "admin")
    third = world.browser(world.user("liberty", "admin"))

    def mail():
        """What came since, by whom it went to; the sweep and the doorbells ring twice."""
        before = len(smtp_sink.messages)
        for _twice in range(2):
            with world.app.app_context():
                sweep_joinings()
            run_jobs()
        return [(one["To"], one["Subject"], one.get_content()) for one in smtp_sink.messages[before:]]

    proposal = proposed(world, officer, ours, theirs)
    [(to, subject, text_)] = mail()
    assert (to, subject) == (world.email(partner), "NEU asks to join forces: Their stall")
    assert f"/actions/{theirs}/partners" in text_
    assert "Share the table?" not in text_
    for browser in (world.browser(partner), world.browser(another)):
        assert "A partner asks to join forces" in browser.get("/").text
    assert "join forces" not in third.get("/").text

    assert world.browser(another).post(f"/actions/proposals/{proposal}/accept").status_code == 303
    [(to, subject, text_)] = mail()
    assert (to, subject) == (world.email(officer), "Praxis joins forces with you: Our stall")
    assert "A partner answered this week whether it joins forces" in world.browser(officer).get("/").text
    assert "Answered this week" in world.browser(officer).get("/actions").text
    assert "A partner asks to join forces" not in world.browser(partner).get("/").text

    assert world.browser(officer).post(f"/actions/proposals/{proposal}/leave").status_code == 303
    [(to, subject, _)] = mail()
    assert (to, subject) == (world.email(partner), "NEU runs its action apart again: Their stall")

    with world.context("neu", officer) as session:
        again = services.propose_joining(officer, ours, theirs, "")
        session.commit()
    assert world.browser(partner).post(f"/actions/proposals/{again}/decline").status_code == 303
    # The proposal was answered before anybody was told of it: only the answer is news.
    [(to, subject, _)] = mail()
    assert (to, subject) == (world.email(officer), "Praxis does not join forces: Our stall")
    assert mail() == []
