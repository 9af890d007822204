"""The demo's report that somebody asked about: an earlier wording, an invented picture, and a question that waits."""

from io import BytesIO
from uuid import NAMESPACE_URL, uuid5

from PIL import Image, ImageDraw
from sqlalchemy import select

from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.tenancy import Context, use_context

from . import services
from .models import BranchAction, ReportVersion
from .services import Outcome, Photo
from .states import State

SIZE = (1200, 800)
SKY, GROUND, CLOTH, TABLE = "#c9dbe6", "#8aa06b", "#c8371f", "#f4ede0"


def seed(author: Actor, checker: Actor) -> None:
    """Correct the organisation's latest report, add a drawn picture, and ask about it; twice changes nothing."""
    with use_context(Context(organisation_id=author.organisation_id, user_id=author.user_id)) as session:
        action = _latest(author)
        if action is None or _is_corrected(action):
            return
        outcome = Outcome(
            action.paper_pledges or 0,
            (action.attendance or 0) + 5,
            action.outcome,
            leaflets=250,
            representatives_met=1,
            follow_ups="Two teachers want to run one in Larkmoor. The table has to go back by Friday.",
            photos=(Photo(uuid5(NAMESPACE_URL, "demo/photo"), _drawn(), may_be_shown=True),),
        )
        services.correct_report(author, action.id, action.version, outcome)
        action_id, version = action.id, action.version
        session.commit()
    with use_context(Context(organisation_id=checker.organisation_id, user_id=checker.user_id)) as session:
        services.ask_back(
            checker, action_id, version, "Are all 41 on our own sheets, or some on the library’s?"
        )
        session.commit()


def _latest(author: Actor) -> BranchAction | None:
    reported = select(BranchAction).where(
        BranchAction.organisation_id == author.organisation_id, BranchAction.state == State.REPORTED
    )
    return db.session.scalars(reported.order_by(BranchAction.starts_at.desc()).limit(1)).one_or_none()


def _is_corrected(action: BranchAction) -> bool:
    second = select(ReportVersion.id).where(ReportVersion.action_id == action.id, ReportVersion.number > 1)
    return db.session.scalars(second).first() is not None


def _drawn() -> bytes:
    """A table with a red cloth under the sky: drawn, so that it shows nobody."""
    picture = Image.new("RGB", SIZE, SKY)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 520, 1200, 800), fill=GROUND)
    draw.rectangle((250, 430, 950, 470), fill=TABLE)
    draw.polygon(((250, 470), (950, 470), (920, 680), (280, 680)), fill=CLOTH)
    for left in (340, 520, 700):
        draw.rectangle((left, 395, left + 130, 430), fill="white")
    made = BytesIO()
    picture.save(made, "JPEG", quality=85)
    return made.getvalue()
