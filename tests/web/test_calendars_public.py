"""The public calendar: what is approved for the public, as it was approved, and nothing else."""

from organising.actions import services as actions
from organising.actions.models import BranchAction
from tests.support.actions import a_plan, planned
from tests.web.test_calendars_feeds import events, fetch

CANARY = "canary-4711"
FEED = "/calendar/public/care-dont-share.ics"


def approved(world, author, approver, **changes):
    """A public action that a colleague has approved."""
    action_id = planned(world, author, is_public=True, **changes)
    with world.context("neu", approver) as session:
        actions.approve_action(approver, action_id, session.get_one(BranchAction, action_id).version)
        session.commit()
    return action_id


def test_only_what_is_approved_for_the_public_is_in_the_public_calendar(app, world, organiser):
    admin = world.user("neu", "admin")
    shown = approved(
        world,
        organiser,
        admin,
        title="Open meeting",
        venue=CANARY,
        notes=CANARY,
        place="Town hall",
        summary="Come!",
    )
    planned(world, organiser, title=f"Members only {CANARY}")
    planned(world, organiser, title=f"Waiting {CANARY}", is_public=True)
    planned(world, organiser, title=f"Draft {CANARY}", is_public=True, submit=False)
    answer = fetch(app, FEED)
    assert events(answer).keys() == {str(shown)}
    assert CANARY not in answer.text
    assert organiser.display_name not in answer.text
    event = events(answer)[str(shown)]
    assert event.location.value == "Town hall, Alderwick"
    assert event.description.value.endswith("Come!")
    assert event.url.value.endswith(f"/take-part/{shown}")
    assert "Set-Cookie" not in answer.headers
    assert fetch(app, FEED, **{"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert fetch(app, "/calendar/public/nowhere.ics").status_code == 404
    # A signed-in member gets the public's bytes.
    assert world.browser(organiser).get(FEED).data == answer.data
    assert world.browser(organiser).get("/take-part").text.count(FEED) == 1


def test_called_off_is_told_and_a_changed_plan_leaves_until_it_is_approved_again(app, world, organiser):
    admin = world.user("neu", "admin")
    off = approved(world, organiser, admin, title="Rained off")
    revised = approved(world, organiser, admin, title="To be changed")
    before = events(fetch(app, FEED))
    with world.context("neu", organiser) as session:
        version = session.get_one(BranchAction, off).version
        actions.cancel_action(organiser, off, version)
        plan = a_plan(is_public=True, title=CANARY)
        actions.edit_action(organiser, revised, session.get_one(BranchAction, revised).version, plan)
        session.commit()
    after = events(fetch(app, FEED))
    assert after.keys() == {str(off)}
    assert after[str(off)].status.value == "CANCELLED"
    assert int(after[str(off)].sequence.value) > int(before[str(off)].sequence.value)
    single = "/calendar/public/actions/{}.ics"
    assert "STATUS:CANCELLED" in fetch(app, single.format(off)).text
    gone, never = (
        fetch(app, single.format(revised)),
        fetch(app, single.format("0" * 8 + "-0000-4000-8000-" + "0" * 12)),
    )
    assert gone.status_code == never.status_code == 404
    assert gone.data == never.data
    welsh = fetch(app, FEED + "?lang=cy")
    assert "Called off" not in welsh.text
    assert welsh.headers["Content-Language"] == "cy"
