"""The demo's coalition, founded twice."""

from sqlalchemy import select, text

from organising.accounts.demo import PASSWORD, PEOPLE
from organising.organisations.demo import found_demo_coalition
from organising.organisations.models import Ask, CampaignMember, Unit
from organising.platform.permissions import Role
from organising.platform.tenancy import Context, use_context


def count(app, slug_id, statement):
    with app.app_context(), use_context(Context(organisation_id=slug_id)) as session:
        return session.scalar(text(statement))


def test_it_founds_the_coalition_of_the_campaign_and_changes_nothing_the_second_time(app):
    with app.app_context():
        demo, again = found_demo_coalition(PASSWORD), found_demo_coalition(PASSWORD)
    assert demo == again
    assert len(demo.organisations) == 10
    assert {person.email for person in PEOPLE} == set(demo.actors)
    lead = demo.organisations["liberty"]
    with app.app_context(), use_context(Context(organisation_id=lead)) as session:
        assert len(session.scalars(select(Ask)).all()) == 18
        status = {m.organisation_id: m.coalition_status for m in session.scalars(select(CampaignMember))}
    assert status[lead] == "lead"
    assert [slug for slug, i in demo.organisations.items() if status[i] == "member"] == ["neu"]
    with app.app_context(), use_context(Context(organisation_id=demo.organisations["neu"])) as session:
        kinds = [unit.kind for unit in session.scalars(select(Unit))]
    assert sorted(kinds) == ["district"] * 4 + ["national"] + ["region"] * 2
    officer = demo.actor("officer", "neu")
    assert officer.role is Role.OFFICER
    assert officer.unit_id == demo.units["neu/Northmoor District"]


def test_its_people_sign_in_by_one_press(environment, app):
    from organising.app import create_app
    from organising.platform.db import db

    shown = create_app(environment | {"ORGANISING_DEMO": "1"})
    shown.config["WTF_CSRF_ENABLED"] = False
    with shown.app_context():
        found_demo_coalition(PASSWORD)
    for person in PEOPLE:
        client = shown.test_client()
        assert client.post("/sign-in", data={"email": person.email, "password": PASSWORD}).status_code == 303
        page = client.get("/organisation")
        assert page.status_code == 200
        assert person.display_name in page.text
    with shown.app_context():
        db.engine.dispose()
