"""Demo: model texts, visibly invented: one with two versions, one in Welsh, a draft that waits for the coordinator."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select

from organising.organisations.queries import list_asks
from organising.platform.actor import Actor
from organising.platform.tenancy import Context, use_context

from .models import ModelVersion
from .services import texts as services
from .services.texts import Model
from .text import MotionText

BRIEFING = (
    "This briefing is invented for a demonstration.\n\n"
    "You have three minutes. Begin with a school that people know. Say what is asked, and that it costs nothing.\n\n"
    "You may be asked whether the law allows it. It does: the promise is about what a body does of its own accord."
)
FIRST = MotionText(
    "Demo: schools are for learning",
    "Schools in [name of local authority] hold the names and addresses of every child they teach.\n"
    "Families stay away from services when they fear that what they say there is passed on.",
    "A register is there to keep children safe.\nTrust, once lost, takes years to win back.",
    "To sign the coalition’s pledge.\n"
    "To ask the governing bodies of schools in [name of local authority] for a written policy by [date].\n"
    "That [name of branch] reports back to members before the summer.",
)
SECOND = MotionText(
    FIRST.title,
    FIRST.notes,
    FIRST.believes,
    FIRST.resolves + "\nTo ask [name of MP] to support a firewall in law.",
)
COUNCIL = MotionText(
    "Demo: a council that keeps what it is told",
    "People come to this council for housing, schools and care.\nWhat they tell one service they do not expect another to pass on.",
    "A firewall between public services and immigration enforcement makes everybody safer.",
    "To ask the chief executive to publish what this council shares, with whom, and on what ground.\n"
    "To write to the Secretary of State in support of a firewall.",
)
WELSH = MotionText(
    "Demo: mae ysgolion ar gyfer dysgu",
    "Mae ysgolion yn cadw enwau a chyfeiriadau plant.",
    "Mae cofrestr yno i gadw plant yn ddiogel.",
    "Llofnodi addewid y glymblaid.",
)


def seed(people: Mapping[str, Actor]) -> None:
    """Seed four. ``people``: ``coordinator`` of the lead, and ``writer``, an organiser of a partner's. Once."""
    coordinator, writer = people["coordinator"], people["writer"]
    with use_context(_as(coordinator)) as session:
        if session.scalar(select(func.count()).select_from(ModelVersion)):
            return
        asks = (
            {ask.code: ask.id for ask in list_asks(coordinator.campaign_id)}
            if coordinator.campaign_id
            else {}
        )
    school = tuple(asks[code] for code in ("FW-1", "EDU-1") if code in asks)
    branches = ("branch", "district", "conference")
    text_id = _publish(people, "en", Model(FIRST, branches, school, BRIEFING))
    with use_context(_as(writer)) as session:
        later = Model(SECOND, branches, school, BRIEFING, "Asks the local MP as well.")
        services.save(writer, text_id, later, 0)
        services.offer(writer, text_id)
        session.commit()
    _decide(coordinator, text_id)
    _publish(people, "cy", Model(WELSH, ("branch",), school))
    _publish(people, "en", Model(COUNCIL, ("council",), school[:1], BRIEFING))
    _offer(writer, "en", Model(_draft(), ("trust_board", "trades_council"), school[:1]))


def _draft() -> MotionText:
    return MotionText(
        "Demo: safe to see a doctor",
        "People ask whether a clinic passes their address on.",
        "Nobody should weigh a treatment against a knock at the door.",
        "To ask the board for a written promise by [date].",
    )


def _publish(people: Mapping[str, Actor], language: str, model: Model) -> UUID:
    text_id = _offer(people["writer"], language, model)
    _decide(people["coordinator"], text_id)
    return text_id


def _offer(writer: Actor, language: str, model: Model) -> UUID:
    with use_context(_as(writer)) as session:
        text_id = services.begin(writer, language, model).text_id
        services.offer(writer, text_id)
        session.commit()
    return text_id


def _decide(coordinator: Actor, text_id: UUID) -> None:
    with use_context(_as(coordinator)) as session:
        services.publish(coordinator, text_id, 1)
        session.commit()


def _as(actor: Actor) -> Context:
    return Context(organisation_id=actor.organisation_id, user_id=actor.user_id)
