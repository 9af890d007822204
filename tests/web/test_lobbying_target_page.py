"""The target page: what it gathers over all partners, what it keeps apart, and how many queries it takes."""

from datetime import date, timedelta
from uuid import uuid4

from organising.lobbying import services
from organising.lobbying.queries import find_next_step
from organising.lobbying.services.approach_drafts import ApproachDraft
from organising.lobbying.services.approaches import reserve_approach
from organising.lobbying.services.commitments import CommitmentDraft, add_commitment
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.panels import Panel, list_panels
from organising.platform.tenancy import Context, use_context
from organising.pledges.panels import local_pledges
from organising.representatives.models import ContactPoint, Parliament
from tests.unit.lobbying.seeds import ask_id, draft, follow_up, position
from tests.web.test_lobbying_lists import counted_queries

MOST_QUERIES = 20


def fill(world, actor, slug, person_id, times=1):
    with world.context(slug, actor):
        for place in range(times):
            services.log_engagement(
                actor,
                draft(person_id, headline=f"Met {slug} {place}", note=f"Note of {slug} {place}",
                      ask_ids=(ask_id(world),), follow_ups=(follow_up(what=f"Task of {slug} {place}"),)),
            )  # fmt: skip
            add_commitment(actor, CommitmentDraft("vote", f"Promise to {slug} {place}"), person_id=person_id)
            days = today() + timedelta(days=1 + place)
            reserve_approach(
                actor,
                ApproachDraft("meeting" if slug == "neu" else "call", days, days, f"Talk of {slug} {place}", uuid4(),
                              person_id=person_id, due_on=today(), pressure_reason="Agreed"),
            )  # fmt: skip
        db.session.commit()


def test_everything_is_there_and_only_the_own_notes(world, members, organiser):
    ada = members["Ada"]
    praxis = world.user("praxis", "organiser")
    fill(world, organiser, "neu", ada)
    fill(world, praxis, "praxis", ada)
    with world.context("neu", organiser):
        services.claim_position(organiser, ada, position(ask_id(world), position="champion"))
        db.session.commit()
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        session.add(
            ContactPoint(person_id=ada, kind="constituency_office", email="ada@parliament.example", source="test",
                         checked_on=date(2026, 1, 2), bounced_at=None, is_preferred=True)
        )  # fmt: skip
        session.commit()
    page = world.browser(organiser).get(f"/representatives/{ada}").text
    for words in ("Fablewick", "North Vale", "Orchard Party", "MP, Fablewick, Orchard Party", "Champion", "said to us",
                  "seen 1 day ago", "Met neu 0", "Met praxis 0", "Promise to neu 0", "Promise to praxis 0",
                  "Talk of neu 0", "Talk of praxis 0", "Note of neu 0", "Task of neu 0", "ada@parliament.example",
                  "Constituency office, preferred, checked on", "Next step", "Who leads", "Pressure from all partners"):  # fmt: skip
        assert words in page, words
    for words in ("Note of praxis", "Task of praxis"):
        assert words not in page
    analyst = world.browser(world.user("neu", "analyst")).get(f"/representatives/{ada}").text
    for words in ("Note of neu", "Task of neu"):
        assert words not in analyst


def test_carried_over_and_ageing_are_said_and_count(world, members, organiser):
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        session.add(
            Parliament(
                chamber="commons", number=59, name="Invented", elected_on=today() - timedelta(days=100)
            )
        )
        session.commit()
    with world.context("neu", organiser):
        for code, days in (("DP-1", 99), ("DP-2", 101), ("FW-1", 400)):
            services.claim_position(
                organiser,
                members["Ada"],
                position(ask_id(world, code), held_on=today() - timedelta(days=days)),
            )
        db.session.commit()
    page = world.browser(organiser).get(f"/representatives/{members['Ada']}").text
    rows = {
        code: page.partition(f">{code}</a>")[2].partition("</tr>")[0] for code in ("DP-1", "DP-2", "FW-1")
    }
    assert ["Carried over" in rows[code] for code in rows] == [False, True, True]
    assert ["Ageing, seen 13 months ago" in rows[code] for code in rows] == [False, False, True]
    assert all("Leaning for" in row for row in rows.values())


def test_the_soonest_step_stands_at_the_top_with_its_owner(world, members, organiser):
    fill(world, organiser, "neu", members["Ada"])
    page = world.browser(organiser).get(f"/representatives/{members['Ada']}").text
    step = page.partition('class="next-step')[2].partition("</section>")[0]
    assert "Talk of neu 0" in step
    assert "NEU" in step
    assert find_next_step([], [], [], today()) is None
    assert "Next step" not in world.browser(organiser).get(f"/representatives/{members['Cleo']}").text


def test_a_panel_of_another_domain_is_shown_and_small_numbers_never(world, members, organiser, monkeypatch):
    from organising.platform.clock import now
    from organising.pledges import panels
    from organising.pledges.queries import PublishedCell

    shown = [PublishedCell("The pledge", n, now()) for n in (412, 9, None)]
    monkeypatch.setattr(panels, "list_cells", lambda *_where: shown)
    with world.context("neu", organiser):
        panel = local_pledges(organiser, gss_code="E14001063")
        assert isinstance(panel, Panel)
        few = "fewer than 10, or kept back to protect them"
        assert [value for _title, value in panel.facts] == ["412", few, few]
        assert local_pledges(organiser, gss_code=None) is None
        assert list_panels("target", organiser, gss_code="E14001063") == [panel]


def test_no_constituency_is_counted_no_panel(world, members, organiser):
    with world.context("neu", organiser):
        assert local_pledges(organiser, gss_code="E14001063") is None


def test_the_page_takes_the_same_few_queries_however_much_there_is(app, world, members, organiser):
    praxis = world.user("praxis", "organiser")
    fill(world, organiser, "neu", members["Ada"])
    fill(world, praxis, "praxis", members["Ada"])
    browser, counts = world.browser(organiser), []
    for _round in range(2):
        browser.get(f"/representatives/{members['Ada']}")
        with counted_queries(app) as sent:
            assert browser.get(f"/representatives/{members['Ada']}").status_code == 200
        counts.append(len(sent))
        with world.context("neu", organiser):
            for place in range(20):
                services.log_engagement(
                    organiser,
                    draft(
                        members["Ada"], kind="social", attended_by="none", headline=f"Again {_round} {place}"
                    ),
                )
                add_commitment(
                    organiser, CommitmentDraft("vote", f"Again {_round} {place}"), person_id=members["Ada"]
                )
            db.session.commit()
    assert counts[0] == counts[1]
    assert counts[0] < MOST_QUERIES
