"""The demo, whole: an invented coalition, parliament and season of work. Each part knows whether it is there already."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from ..accounts.demo import PASSWORD
from ..actions import demo as actions
from ..actions import demo_planning, demo_reports
from ..attendance import demo as attendance
from ..calendars import demo as calendars
from ..calls import demo as calls
from ..contacts import demo as contacts
from ..letters import demo as letters
from ..lobbying import demo as lobbying
from ..mailings import demo as mailings
from ..motions import demo as motions
from ..motions import demo_texts
from ..organisations.demo import DemoCoalition, found_demo_coalition
from ..outreach import demo as outreach
from ..platform.actor import Actor
from ..platform.tenancy import Context, use_context
from ..pledges import demo as pledges
from ..pledges import demo_paper, demo_sign_ons
from ..pledges.models import PledgeDrive
from ..representatives.demo import seed_invented_parliament
from ..sharing import demo as sharing
from ..statements import demo as statements
from ..tasks import demo as tasks
from ..updates import demo as updates

# Who writes the demo's actions in each organisation, and who approves them.
AUTHORS = {
    "liberty": (("coordinator",), "deputy"),
    "neu": (("officer", "organiser"), "admin"),
    "praxis": (("organiser",), "admin"),
    "lawrs": (("organiser",), "admin"),
    "doctorsoftheworld": (("organiser",), "admin"),
}


def seed() -> bool:
    """Fill the demo in sessions of its own; returns whether anything was new. A start that was cut short is completed."""
    demo = found_demo_coalition(PASSWORD)
    with use_context(Context(organisation_id=demo.organisations["liberty"])) as session:
        complete = session.scalar(select(PledgeDrive.id).limit(1)) is not None
    if complete:
        return False
    seed_invented_parliament()
    _seed_work(demo)
    # Last, so that its presence says that all is there.
    drive_id = pledges.seed(demo.actor("coordinator", "liberty"))
    # But for what needs the pledge and is missed by nobody.
    demo_paper.seed(demo.actor("officer", "neu"), drive_id)
    backed = (("liberty", "coordinator", "deputy"), ("neu", "organiser", "admin"))
    demo_sign_ons.seed(
        drive_id, [(demo.actor(asks, slug), demo.actor(approves, slug)) for slug, asks, approves in backed]
    )
    demo_reports.seed(demo.actor("organiser", "neu"), demo.actor("admin", "neu"))
    attendance.seed(demo.actor("organiser", "neu"), demo.actor("admin", "neu"))
    updates.seed(demo.actor("organiser", "neu"))
    outreach.seed(demo.actor("organiser", "neu"))
    return True


def _seed_work(demo: DemoCoalition) -> None:
    for slug, (roles, approver) in AUTHORS.items():
        with speaking_for(demo.actor(approver, slug)):
            actions.seed(slug, [demo.actor(role, slug) for role in roles], demo.actor(approver, slug))
            demo_planning.seed(slug, demo.actor(roles[0], slug), demo.actor(approver, slug))
            calendars.place_actions(demo.actor(approver, slug))
    calls.seed(demo.actors)
    with speaking_for(demo.actor("organiser", "neu")):
        calendars.follow(demo.actor("organiser", "neu"))
        tasks.seed(demo.actor("organiser", "neu"), demo.actor("officer", "neu"))
    demo_texts.seed(
        {"coordinator": demo.actor("coordinator", "liberty"), "writer": demo.actor("organiser", "neu")}
    )
    with speaking_for(demo.actor("officer", "neu")):
        motions.seed({role: demo.actor(role, "neu") for role in ("officer", "organiser", "admin")})
    contacts.seed(demo.actors)
    lobbying.seed(demo.actors)
    keepers = {"neu": "organiser", "praxis": "organiser", "liberty": "coordinator", "lawrs": "organiser"}
    sharing.seed({slug: demo.actor(role, slug) for slug, role in keepers.items()})
    mailings.seed(
        demo.actor("coordinator", "liberty"),
        demo.actor("deputy", "liberty"),
        demo.actor("organiser", "praxis"),
    )
    letters.seed(demo.actor("organiser", "neu"), demo.actor("admin", "neu"))
    lead = {role: demo.actor(role, "liberty") for role in ("coordinator", "deputy")}
    statements.seed(lead | {slug: demo.actor("admin", slug) for slug in ("neu", "praxis", "lawrs")})


@contextmanager
def speaking_for(actor: Actor) -> Iterator[None]:
    """A session of the actor's organisation, committed at the end."""
    with use_context(Context(organisation_id=actor.organisation_id, user_id=actor.user_id)) as session:
        yield
        session.commit()
