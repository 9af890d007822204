"""The demo's preparations: templates, tasks, ticks, a series, and a partner who asks to join forces. All invented."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from io import BytesIO

from sqlalchemy import select

from organising.files import demo as files
from organising.organisations.queries import list_open_asks
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now
from organising.platform.db import db

from . import queries, services
from .models import ActionTemplate, BranchAction, Every
from .services import Material, Plan, Risk, RoleDraft, TemplateDraft, Upload
from .states import EDITABLE, Kind

LEAFLET = Material("Leaflet, A5, two sides", "https://materials.example.org/leaflet-a5.pdf")
SHEET = Material("Pledge sheet with today's wording", "https://materials.example.org/pledge-sheet.pdf")
TEMPLATES: Mapping[str, tuple[TemplateDraft, ...]] = {
    "liberty": (
        TemplateDraft(
            kind=Kind.STALL,
            name="A stall on a Saturday",
            for_coalition=True,
            summary="Come and sign the pledge: public services should never have to choose between helping people and reporting them.",
            advice="Two hours are enough. Stand where people already wait. One person talks, one holds the sheets, one walks about.",
            checklist=(
                "Ask the council whether a stall may stand there",
                "Find three people who come for certain",
                "Print twenty pledge sheets",
                "Decide who keys the sheets, by Monday",
                "Table, banner, pens, clipboards",
            ),
            materials=(LEAFLET, SHEET),
        ),
        TemplateDraft(
            kind=Kind.PUBLIC_MEETING,
            name="An open evening",
            for_coalition=True,
            summary="An evening on why trust in public services matters, with time for questions. Everyone is welcome.",
            advice="A chair who keeps time, two short speakers, and an ask at the end that people can do in the room.",
            materials=(SHEET,),
        ),
    ),
    "neu": (
        TemplateDraft(
            kind=Kind.WORKPLACE_SIGNING,
            name="Staff room signing",
            advice="Tell the rep the week before. Break and lunch on one day reach nearly everyone.",
            checklist=("Tell the rep", "Print ten sheets", "Collect the sheets at the end of the day"),
            materials=(SHEET,),
            risks=(
                Risk(
                    "Sheets lie about in the staff room",
                    3,
                    3,
                    "One person collects them after each break.",
                    "The rep",
                ),
            ),
        ),
    ),
}


def seed(slug: str, author: Actor, approver: Actor) -> None:
    """Prepare one organisation's demo, in a session of that organisation. Never commits; twice changes nothing."""
    mine = select(ActionTemplate.id).where(ActionTemplate.organisation_id == approver.organisation_id)
    if db.session.scalar(mine.limit(1)):
        return
    for draft in TEMPLATES.get(slug, ()):
        # For every partner it is the coordinator's to write.
        services.keep_template(author if draft.for_coalition else approver, draft)
    if slug == "neu":
        _prepare_stall(author)
        _meet_monthly(author)
    if slug == "praxis":
        _join(author)


def _coming(actor: Actor) -> Sequence[BranchAction]:
    """The organisation's actions that are still to come, the soonest first."""
    return db.session.scalars(
        select(BranchAction)
        .where(
            BranchAction.organisation_id == actor.organisation_id,
            BranchAction.state.in_(EDITABLE),
            BranchAction.starts_at > now(),
        )
        .order_by(BranchAction.starts_at)
    ).all()


def _prepare_stall(author: Actor) -> None:
    stall = next((one for one in _coming(author) if one.kind == Kind.STALL), None)
    if stall is None:
        return
    checks = queries.list_checks(stall)
    services.tick(author, stall.id, (), [one.id for one in checks[:3]])
    for part, name, words in (
        ("steward", "Invented Ines", "from 11 to 12"),
        ("sheets", "Made-up Marek", ""),
        ("first_aid", "Fictional Femi", "has the kit"),
    ):
        services.give_role(author, stall.id, RoleDraft(part, name=name, note=words))
    material = services.add_material(author, stall.id, LEAFLET)
    services.replace_material(
        author, stall.id, material.id, "https://materials.example.org/leaflet-a5-second-print.pdf"
    )
    for title, content, name in (
        ("Leaflet to hand out", files.leaflet(), files.LEAFLET_NAME),
        ("How the stall is set up", files.picture(), files.PICTURE_NAME),
    ):
        services.add_material(author, stall.id, Material(title, upload=Upload(BytesIO(content), name)))


def _meet_monthly(author: Actor) -> None:
    day = (now().astimezone(LONDON) + timedelta(days=11)).date()
    starts_at = datetime.combine(day, time(19), LONDON)
    asks = list_open_asks(author.campaign_id)
    plan = Plan(
        kind=Kind.LETTER_WRITING,
        title="Letters and tea",
        area="Candlewick, Quillshire",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        ask_ids=frozenset(ask.id for ask in asks[:1]),
        unit_id=author.unit_id,
        venue="The small room upstairs",
        notes="An invented action, for the demo.",
    )
    services.submit_all(author, services.plan_series(author, plan, Every.MONTH_WEEKDAY, 4))


def _join(author: Actor) -> None:
    """A stall beside the NEU's, and the question whether to stand together."""
    theirs = next(
        (
            one
            for one in db.session.scalars(
                queries.visible(author)
                .where(
                    BranchAction.organisation_id != author.organisation_id,
                    BranchAction.kind == Kind.STALL,
                    BranchAction.state == "scheduled",
                    BranchAction.starts_at > now(),
                )
                .order_by(BranchAction.starts_at)
            )
        ),
        None,
    )
    ours = _coming(author)
    if theirs is None or not ours:
        return
    starts_at = theirs.starts_at + timedelta(days=1)
    plan = Plan(
        kind=Kind.LEAFLETING,
        title="Leaflets at the bus station",
        area=theirs.area,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        notes="An invented action, for the demo.",
    )
    action = services.plan_action(author, replace(plan, unit_id=author.unit_id))
    services.submit_action(author, action.id, action.version)
    services.propose_joining(
        author,
        action.id,
        theirs.id,
        "We are in the same town that weekend with four people and a banner. Shall we stand together?",
    )
