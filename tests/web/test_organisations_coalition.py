"""Partners, asks, units, facts and the audit log."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from organising.organisations.models import Ask, CampaignMember, Invitation, Organisation, Unit
from organising.platform.audit import AuditEvent

PARTNER = {
    "name": "Médecins Imaginaires",
    "short_name": "Imaginaires",
    "kind": "charity",
    "status": "contributor",
    "email": "first@imaginaires.example",
}


@pytest.fixture
def coordinator(world):
    return world.browser(world.user("liberty", "coordinator"))


def actions(world, slug):
    with world.context(slug) as session:
        return [e.action for e in session.scalars(select(AuditEvent).order_by(AuditEvent.created_at))]


def ask_id(world, code="DP-1"):
    with world.context("liberty") as session:
        return session.scalars(select(Ask.id).where(Ask.code == code)).one()


def test_a_new_partner_gets_a_key_and_its_first_admin_an_invitation(
    world, coordinator, client, run_jobs, smtp_sink
):
    assert coordinator.post("/coalition/partners", data=PARTNER).status_code == 303
    assert "Médecins Imaginaires" in coordinator.get("/coalition").text
    run_jobs()
    (message,) = smtp_sink.messages
    assert message["To"] == PARTNER["email"]
    path = re.search(r"http://localhost(/invitations/\S+)", message.get_content())[1]
    client.post(path, data={"display_name": "Ida First", "password": "another staple altogether"})
    own = client.get("/organisation").text
    assert "Médecins Imaginaires" in own
    assert client.get("/organisation/members").status_code == 200
    assert "18 of 18 asks" in client.get("/asks").text
    assert actions(world, "liberty") == ["partner.added"]


def test_the_coordinator_reads_nothing_of_the_partner(world, coordinator, raw_login):
    coordinator.post("/coalition/partners", data=PARTNER)
    with world.context("liberty") as session:
        assert session.scalars(select(Invitation)).all() == []
        assert session.scalar(text("SELECT count(*) FROM invitation")) == 0
    with raw_login() as connection:
        assert connection.execute("SELECT count(*) FROM pg_roles").fetchone()
        with pytest.raises(Exception, match="permission denied"):
            connection.execute("SELECT * FROM invitation")


def test_errors_are_shown_and_nothing_is_founded(world, coordinator):
    answer = coordinator.post("/coalition/partners", data=PARTNER | {"email": "nonsense"})
    assert answer.status_code == 422
    assert "Médecins Imaginaires" in answer.text
    taken = coordinator.post("/coalition/partners", data=PARTNER | {"short_name": "NEU"})
    assert taken.status_code == 422
    assert "short address" in taken.text
    for status in ("lead", "left", "emperor"):
        assert coordinator.post("/coalition/partners", data=PARTNER | {"status": status}).status_code == 422
    with world.context("liberty") as session:
        assert len(session.scalars(select(Organisation)).all()) == 3


def test_a_first_admin_can_be_invited_again_until_somebody_is_there(world, coordinator, run_jobs, smtp_sink):
    coordinator.post("/coalition/partners", data=PARTNER)
    with world.context("liberty") as session:
        partner = session.scalars(select(Organisation.id).where(Organisation.slug == "imaginaires")).one()
    path = f"/coalition/partners/{partner}/invitations"
    assert coordinator.post(path, data={"email": "second@imaginaires.example"}).status_code == 303
    assert coordinator.post(path, data={"email": "nonsense"}).status_code == 422
    run_jobs()
    assert len(smtp_sink.messages) == 2
    world.user("praxis", "admin")
    settled = coordinator.post(
        f"/coalition/partners/{world.organisations['praxis']}/invitations", data={"email": "a@b.example"}
    )
    assert settled.status_code == 422
    assert "people of its own" in settled.text


def test_standing_governs_publication_never_access(world, coordinator):
    member, contributor = (
        world.browser(world.user("neu", "organiser")),
        world.browser(world.user("praxis", "organiser")),
    )
    page = coordinator.get("/coalition").text
    rows = {
        name: row for row in page.split("<tr") for name in ("NEU", "Praxis", "Liberty") if f">{name}" in row
    }
    assert "May be published" in rows["NEU"]
    assert "May be published" in rows["Liberty"]
    assert "Never published" in rows["Praxis"]
    assert contributor.get("/asks").text.count("DP-") == member.get("/asks").text.count("DP-")


def test_a_partner_that_left_loses_the_shared_rows_and_keeps_its_own(world, coordinator):
    organiser = world.browser(world.user("praxis", "organiser"))
    world.unit("praxis", "Quayholm local group")
    assert "DP-1" in organiser.get("/asks").text
    path = f"/coalition/partners/{world.organisations['praxis']}/status"
    assert coordinator.post(path, data={"status": "left"}).status_code == 303
    assert "DP-1" not in organiser.get("/asks").text
    assert "takes part in no campaign" in organiser.get("/coalition").text
    assert "Quayholm local group" in organiser.get("/organisation/units").text
    with world.context("praxis") as session:
        assert session.scalar(text("SELECT count(*) FROM ask")) == 0
    assert coordinator.post(path, data={"status": "contributor"}).status_code == 303
    assert "DP-1" in organiser.get("/asks").text
    assert actions(world, "liberty") == ["partner.status_changed"] * 2


def test_the_leads_own_standing_stays(world, coordinator):
    path = f"/coalition/partners/{world.organisations['liberty']}/status"
    assert coordinator.post(path, data={"status": "left"}).status_code == 409
    other = f"/coalition/partners/{world.organisations['neu']}/status"
    assert coordinator.post(other, data={"status": "lead"}).status_code == 422
    with world.context("liberty") as session:
        leads = select(CampaignMember.organisation_id).where(CampaignMember.coalition_status == "lead")
        assert session.scalars(leads).all() == [world.organisations["liberty"]]


def test_only_the_leads_coordinator_adds_partners(world):
    """A coordinator's role in another organisation than the lead, should it ever be given, opens nothing."""
    pretender = world.browser(world.user("praxis", "coordinator"))
    assert pretender.post("/coalition/partners", data=PARTNER).status_code == 403
    path = f"/coalition/partners/{world.organisations['neu']}/status"
    assert pretender.post(path, data={"status": "left"}).status_code == 403
    assert pretender.post(f"/asks/{ask_id(world)}/closure").status_code == 403


def test_an_unknown_partner_is_nobody(coordinator):
    assert coordinator.get(f"/coalition/partners/{uuid4()}/status").status_code == 404
    assert (
        coordinator.post(f"/coalition/partners/{uuid4()}/status", data={"status": "left"}).status_code == 404
    )


def test_every_partner_reads_the_asks_with_their_date(world, coordinator):
    for slug in ("liberty", "neu", "praxis"):
        page = world.browser(world.user(slug, "analyst")).get("/asks").text
        assert "as published on 4 December 2018, not checked since" in page
        for code in ("FW-1", "EDU-3", "POL-6", "HLT-4", "DP-4"):
            assert code in page


def test_the_coordinator_rewords_closes_and_reopens_an_ask(world, coordinator):
    path = f"/asks/{ask_id(world)}"
    words = {"wording": "Remove the  exemption", "body": "Government", "decision_office": "Home Secretary"}
    assert "not checked since" in coordinator.get(path).text
    assert coordinator.post(path, data=words | {"wording": " "}).status_code == 422
    assert coordinator.post(path, data=words).status_code == 303
    partner = world.browser(world.user("neu", "organiser"))
    page = partner.get("/asks").text
    assert "Remove the exemption" in page
    assert "Reworded" in page
    assert "17 of 18 asks" in page
    assert coordinator.post(f"{path}/closure").status_code == 303
    assert coordinator.post(f"{path}/closure").status_code == 303
    assert "Closed" in partner.get("/asks").text
    assert coordinator.post(f"{path}/closure/removal").status_code == 303
    assert "Closed" not in partner.get("/asks").text
    assert actions(world, "liberty") == ["ask.edited", "ask.closed", "ask.reopened"]


def test_units_form_a_tree(world):
    page = world.browser(world.user("neu", "admin"))
    add = lambda name, kind, parent="": page.post(  # noqa: E731
        "/organisation/units", data={"name": name, "kind": kind, "parent_id": str(parent)}
    )
    assert add("Northmoor Region", "region").status_code == 303
    with world.context("neu") as session:
        region = session.scalars(select(Unit.id)).one()
    assert add("Northmoor District", "district", region).status_code == 303
    assert add("northmoor district", "district", region).status_code == 422
    assert add("Northmoor District", "branch").status_code == 303, (
        "the same name is free elsewhere in the tree"
    )
    assert add("Foreign", "branch", world.unit("praxis", "Quayholm")).status_code == 422
    assert add("", "branch").status_code == 422
    assert add("X", "empire").status_code == 422
    text_ = page.get("/organisation/units").text
    assert text_.index("Northmoor Region") < text_.index("Level 2:")
    assert "Quayholm" not in text_


def test_a_unit_is_renamed_by_its_own_admin_only(world):
    unit = world.unit("neu", "Northmor")
    world.unit("neu", "Larkhollow")
    page = world.browser(world.user("neu", "admin"))
    path = f"/organisation/units/{unit}/name"
    assert 'value="Northmor"' in page.get(path).text
    assert page.post(path, data={"name": "larkhollow"}).status_code == 422
    assert page.post(path, data={"name": "Northmoor"}).status_code == 303
    stranger = world.browser(world.user("praxis", "admin"))
    foreign, absent = stranger.get(path), stranger.get(f"/organisation/units/{uuid4()}/name")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.data == absent.data
    assert stranger.post(path, data={"name": "Taken"}).status_code == 404
    assert actions(world, "neu") == ["unit.renamed"]


def test_public_facts_are_edited_and_seen_by_partners(world):
    page = world.browser(world.user("praxis", "admin"))
    facts = {"name": "Praxis Community Projects", "short_name": "Praxis", "kind": "charity"}
    assert page.post("/organisation/facts", data=facts | {"name": ""}).status_code == 422
    assert page.post("/organisation/facts", data=facts).status_code == 303
    assert page.post("/organisation/facts", data=facts).status_code == 303
    assert "Praxis Community Projects" in world.browser(world.user("neu", "analyst")).get("/coalition").text
    assert actions(world, "praxis") == ["organisation.edited"]
    own = page.get("/organisation").text
    assert "whoever runs the server holds the key" in own


def test_the_audit_log_is_ones_own_filtered_and_paged(world):
    admin = world.user("neu", "admin")
    page = world.browser(admin)
    for n in range(60):
        page.post("/organisation/units", data={"name": f"Unit {n}", "kind": "branch", "parent_id": ""})
    page.post("/organisation/members/invitations", data={"email": "a@neu.example", "role": "analyst"})
    first = page.get("/organisation/audit").text
    assert admin.display_name in first
    assert "Invited somebody" in first
    assert first.count("<time") == 50
    following = re.search(r'href="(/organisation/audit\?cursor=[^"]+)"', first)
    assert page.get(following[1]).text.count("<time") == 11
    only = page.get("/organisation/audit?action=invitation.made").text
    assert only.count("<time") == 1
    assert "a@neu.example" not in only
    assert page.get("/organisation/audit?cursor=damaged").status_code == 422
    assert world.browser(world.user("praxis", "admin")).get("/organisation/audit").text.count("<time") == 0
