"""Everything that is known of a contact on their page: where they were, what they signed, what went to them; and in segments."""

import re
from uuid import uuid4

from sqlalchemy import select

from organising.contacts.models import ContactDetail
from organising.lobbying.services import log_engagement
from organising.mailings.models import Delivery, Mailing
from organising.platform.clock import now
from tests.support.actions import happened, planned
from tests.support.contacts import keep
from tests.support.pledges import add_signers, open_a_drive
from tests.unit.lobbying.seeds import draft as engagement
from tests.web.test_contacts import names
from tests.web.test_contacts_segments import Builder


def met(world, slug, actor, person):
    with world.context(slug, actor) as session:
        engagement_id = log_engagement(actor, engagement(person, headline="Will ask")).engagement.id
        session.commit()
    return engagement_id


def mailed(session, actor, contact_id, title, state):
    mailing = Mailing(
        organisation_id=actor.organisation_id, campaign_id=actor.campaign_id, title=title, subject="s", body="b", sender_name="n",
        reply_to="r@example.org", created_by_label="x", last_editor_label="x", updated_at=now(), created_by=actor.user_id,
        last_editor_id=actor.user_id, mode="organisation_to_contacts",
    )  # fmt: skip
    session.add(mailing)
    session.flush()
    session.add(Delivery(mailing_id=mailing.id, contact_id=contact_id, email_key=uuid4().bytes, place=1, state=state, changed_at=now(),
                         next_at=now(), message_id=f"{title}@example.org"))  # fmt: skip


def test_a_contacts_page_tells_all_that_happened_and_a_segment_asks_for_it(
    world, organiser, browser, members
):
    person = next(iter(members.values()))
    theirs, own = met(world, "praxis", world.user("praxis"), person), met(world, "neu", organiser, person)
    admin = world.user("neu", "admin")
    action = planned(world, admin, title="Stall at the market")
    happened(world, admin, action)
    contact = keep(world, "neu", organiser, "Amara Okafor", email="amara@example.org")
    other = keep(world, "neu", organiser, "Nia Ash")
    drive = open_a_drive(world)
    with world.context("neu", organiser) as session:
        key = session.scalars(
            select(ContactDetail.value_key).where(ContactDetail.contact_id == contact)
        ).one()
        mailed(session, organiser, contact, "June news", "accepted")
        mailed(session, organiser, contact, "A draft", "queued")
        session.commit()
    add_signers(
        world,
        drive,
        "neu",
        1,
        name="Amara",
        name_folded="amara",
        email_key=key,
        part="collected",
        channel="web",
    )

    page = browser.get(f"/contacts/{contact}").text
    assert "Signed “" in page
    assert "Mail “June news”: it went" in page
    assert "A draft" not in page
    offered = re.findall(r'<option value="((?:action|engagement):[0-9a-f-]+)"', page)
    assert set(offered) == {f"action:{action}", f"engagement:{own}"}
    for occasion in (*offered, *offered):
        assert browser.post(f"/contacts/{contact}/occasions", data={"occasion": occasion}).status_code == 303
    page = browser.get(f"/contacts/{contact}").text
    assert page.count("Was at an action: Stall at the market") == 2, (
        "its words, and those of the button that takes it out"
    )
    assert f'href="/actions/{action}"' in page
    assert "Was there: " in page
    for bad in (f"engagement:{theirs}", f"action:{uuid4()}", "action:", "nothing", ""):
        answer = browser.post(f"/contacts/{contact}/occasions", data={"occasion": bad})
        assert answer.status_code == 422, bad

    for field, operator, value, found in (
        ("action", "ever", "", ["Amara Okafor"]), ("action", "never", "", ["Nia Ash"]), ("action", "within", "30", ["Amara Okafor"]),
        ("action", "at", str(action), ["Amara Okafor"]),
        ("engagement", "ever", "", ["Amara Okafor"]), ("engagement", "never", "", ["Nia Ash"]),
        ("engagement", "within", "2", ["Amara Okafor"]), ("mail", "within", "1", ["Amara Okafor"]), ("mail", "never", "", ["Nia Ash"]),
        ("pledge", "signed", str(drive), ["Amara Okafor"]), ("pledge", "not_signed", str(drive), ["Nia Ash"]),
    ):  # fmt: skip
        saved = (
            Builder(browser)
            .ask(field, operator=operator, value=value)
            .save(f"{field} {operator} {value[:20]}")
        )
        assert names(browser, saved.location.partition("?")[2]) == found, (field, operator)

    # Nobody of a partner learns who was there, and it is taken out again.
    partner = world.browser(world.user("praxis"))
    for address in (f"/actions/{action}", f"/contact-log/{own}/history", "/contact-log"):
        assert "Amara" not in partner.get(address).text
    for occasion in offered:
        browser.post(f"/contacts/{contact}/occasions/removal", data={"occasion": occasion})
    page = browser.get(f"/contacts/{contact}").text
    assert "Was at an action" not in page
    assert "Was there: " not in page
    assert (
        browser.post(f"/contacts/{other}/occasions/removal", data={"occasion": offered[0]}).status_code == 303
    )
