"""Who has had enough mail from all partners together is named before more is added."""

from sqlalchemy import select

from organising.lobbying.services import log_engagement
from organising.platform.clock import today
from organising.representatives.models import Person
from tests.support.mailings import Campaigners, seat_members
from tests.unit.lobbying.seeds import draft


def test_the_audience_names_those_at_the_limit(app, world):
    seat_members(app, 3)
    people = Campaigners.at(world)
    mailing = people.draft()
    browser = world.browser(people.organiser)
    assert "enough mail" not in browser.get(f"/mailings/{mailing}/audience").text
    praxis = world.user("praxis", "organiser")
    with world.context("praxis", praxis) as session:
        person = session.scalars(select(Person.id).where(Person.name == "Ada Member0002")).one()
        for number in range(4):
            log_engagement(
                praxis, draft(person, kind="email", headline=f"Wrote about ask {number}", happened_on=today())
            )
        session.commit()
    page = browser.get(f"/mailings/{mailing}/audience").text
    assert "One has had enough mail" in page
    assert page.split("At the limit")[1].split("</table>")[0].count("Ada Member") == 1
