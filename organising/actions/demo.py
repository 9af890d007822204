"""The demo's actions: invented towns, invented numbers, every state that an action can be in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select

from organising.organisations.queries import list_open_asks
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now
from organising.platform.db import db

from . import queries, services
from .models import BranchAction
from .services import Outcome, Plan
from .states import Kind as K
from .states import State as S
from .states import needs_approval

INVENTED = "An invented action, for the demo."


@dataclass(frozen=True)
class Script:
    """One action: ``days`` from today (before it: negative), at which hour, and how far it has come."""

    kind: K
    title: str
    area: str
    days: int
    hour: int
    until: S
    asks: tuple[str, ...] = ("FW-1",)
    is_public: bool = False
    outcome: Outcome | None = None


def _came(paper: int, people: int, words: str, **private: object) -> Outcome:
    return Outcome(paper, people, words, **private)  # type: ignore[arg-type]


SCRIPTS: dict[str, tuple[Script, ...]] = {
    "neu": (
        Script(
            K.STALL,
            "Stall outside the library",
            "Candlewick, Quillshire",
            4,
            11,
            S.SCHEDULED,
            ("FW-1", "EDU-1"),
        ),
        Script(
            K.WORKPLACE_SIGNING,
            "Staff room signing, Kettlestow Primary",
            "Kettlestow, Quillshire",
            -3,
            12,
            S.SCHEDULED,
            ("EDU-1",),
        ),
        Script(
            K.MOTION,
            "Model motion to the district meeting",
            "Candlewick, Quillshire",
            13,
            18,
            S.SUBMITTED,
            ("EDU-1", "EDU-2"),
        ),
        Script(
            K.ASSEMBLY,
            "Sixth form assembly on safe schools",
            "Riddlebrook, Quillshire",
            9,
            9,
            S.CHANGES_REQUESTED,
            ("EDU-3",),
        ),
        Script(K.TRAINING, "How to ask a colleague to sign", "Candlewick, Quillshire", 6, 17, S.DRAFT),
        Script(
            K.STALL,
            "Stall at the spring fair",
            "Thimbleford, Quillshire",
            -10,
            10,
            S.REPORTED,
            ("FW-1",),
            False,
            _came(
                41,
                120,
                "Queues at the table until the rain came",
                leaflets=250,
                representatives_met=1,
                follow_ups="Two teachers want to run one in Larkmoor.",
            ),
        ),
        Script(
            K.WORKPLACE_SIGNING,
            "Lunchtime signing, Comfrey College",
            "Riddlebrook, Quillshire",
            -19,
            12,
            S.CHECKED,
            ("EDU-1", "EDU-3"),
            False,
            _came(63, 80, "Two thirds of the staff room signed"),
        ),
        Script(
            K.PUBLIC_MEETING,
            "Whose data is it? A public meeting",
            "Candlewick, Quillshire",
            -33,
            19,
            S.CLOSED,
            ("FW-1", "DP-1"),
            True,
            _came(88, 140, "Standing room only", leaflets=300),
        ),
        Script(
            K.LEAFLETING,
            "Leaflets at the school gates",
            "Larkmoor, Quillshire",
            -5,
            8,
            S.CANCELLED,
            ("EDU-1",),
        ),
    ),
    "praxis": (
        Script(
            K.TRAINING,
            "Know the firewall: volunteers' evening",
            "Emberhaven, Emberside",
            2,
            18,
            S.SCHEDULED,
            ("DP-1",),
        ),
        Script(
            K.PUBLIC_MEETING,
            "Neighbours' evening on safe services",
            "Emberhaven, Emberside",
            20,
            19,
            S.APPROVED,
            ("FW-1",),
            True,
        ),
        Script(K.STALL, "Market stall with the local group", "Saffronferry, Emberside", -1, 10, S.SCHEDULED),
        Script(
            K.STALL,
            "Stall at the station",
            "Emberhaven, Emberside",
            -12,
            16,
            S.REPORTED,
            ("FW-1",),
            False,
            _came(37, 60, "Commuters signed between trains", leaflets=180),
        ),
        Script(
            K.LETTER_WRITING,
            "Letters to the editor, together",
            "Emberhaven, Emberside",
            -24,
            14,
            S.CHECKED,
            ("DP-1", "DP-2"),
            False,
            _came(0, 14, "Nine letters posted, three printed"),
        ),
        Script(
            K.SURGERY_VISIT,
            "Visit to the constituency surgery",
            "Saffronferry, Emberside",
            11,
            10,
            S.SUBMITTED,
            ("DP-3",),
        ),
    ),
    "liberty": (
        Script(K.LOBBY_DAY, "Coalition lobby day", "The capital", 34, 11, S.APPROVED, ("FW-1", "DP-1")),
        Script(K.PHONEBANK, "Calls to branch secretaries", "Online", 3, 18, S.SCHEDULED),
        Script(
            K.PHONEBANK,
            "Calls before the launch",
            "Online",
            -40,
            18,
            S.CLOSED,
            ("FW-1",),
            False,
            _came(0, 22, "Every branch on the list was reached"),
        ),
        Script(K.TRAINING, "Briefing for new partners", "Online", 8, 12, S.DRAFT),
    ),
    "lawrs": (
        Script(
            K.WORKPLACE_SIGNING,
            "Signing after the advice morning",
            "Tansyhithe, The Tansy Vale",
            -7,
            13,
            S.REPORTED,
            ("POL-1", "POL-2"),
            False,
            _came(29, 35, "Nearly everyone who came signed"),
        ),
        Script(
            K.STALL,
            "Stall at the women's day march",
            "Tansyhithe, The Tansy Vale",
            5,
            12,
            S.SCHEDULED,
            ("POL-1",),
        ),
        Script(
            K.LEAFLETING,
            "Leaflets along the high street",
            "Marigoldmere, The Tansy Vale",
            -16,
            11,
            S.CHECKED,
            ("POL-2",),
            False,
            _came(12, 9, "Four hundred leaflets in two hours", leaflets=400),
        ),
    ),
    "doctorsoftheworld": (
        Script(
            K.WORKPLACE_SIGNING,
            "Signing in the clinic canteen",
            "Pebbleport, Harbourlands",
            -9,
            12,
            S.REPORTED,
            ("HLT-2", "HLT-4"),
            False,
            _came(54, 70, "Porters signed first"),
        ),
        Script(
            K.LETTER_WRITING,
            "Letters to the health trust",
            "Pebbleport, Harbourlands",
            7,
            17,
            S.SCHEDULED,
            ("HLT-1",),
        ),
        Script(
            K.PUBLIC_MEETING,
            "Safe to see a doctor: open evening",
            "Pebbleport, Harbourlands",
            16,
            18,
            S.SUBMITTED,
            ("HLT-1", "HLT-4"),
            True,
        ),
    ),
}


def seed(slug: str, authors: Sequence[Actor], approver: Actor, *, at: datetime | None = None) -> int:
    """Write one organisation's demo actions, in a session of that organisation; answers how many.

    ``authors`` (officers, organisers) take turns; ``approver`` may approve and is none of them.
    Never commits; twice changes nothing.
    """
    if db.session.scalar(
        select(BranchAction.id).where(BranchAction.organisation_id == approver.organisation_id).limit(1)
    ):
        return 0
    moment = at or now()
    scripts = SCRIPTS.get(slug, ())
    asks = {ask.code: ask.id for ask in list_open_asks(approver.campaign_id)}
    for place, script in enumerate(scripts):
        _play(slug, place, script, authors[place % len(authors)], approver, moment, asks)
    return len(scripts)


def _play(
    slug: str,
    place: int,
    script: Script,
    author: Actor,
    approver: Actor,
    moment: datetime,
    asks: dict[str, UUID],
) -> None:
    day = moment.astimezone(LONDON).date() + timedelta(days=script.days)
    starts_at = datetime.combine(day, time(script.hour), LONDON)
    units = queries.list_own_units(author)
    plan = Plan(
        kind=script.kind,
        title=script.title,
        area=script.area,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        is_public=script.is_public,
        ask_ids=frozenset(asks[code] for code in script.asks if code in asks),
        unit_id=units[place % len(units)].id if units else None,
        venue="The corner by the fountain",
        notes=INVENTED,
    )
    # Everything before the last fortnight was planned a fortnight before it, so that histories read true.
    planned_at = min(moment - timedelta(days=2), starts_at - timedelta(days=14))
    action = services.plan_action(author, plan, at=planned_at)
    for step in _steps(script):
        _step(
            step,
            action,
            author,
            approver,
            planned_at,
            uuid5(NAMESPACE_URL, f"demo/{slug}/{place}"),
            script.outcome,
        )


def _steps(script: Script) -> tuple[str, ...]:
    """The verbs that lead from a draft to the state where the script ends."""
    sent = ("submit",)
    approved = (*sent, "approve") if needs_approval(script.kind, script.is_public) else sent
    reported = (*approved, "report")
    return {
        S.DRAFT: (),
        S.SUBMITTED: sent,
        S.CHANGES_REQUESTED: (*sent, "request_changes"),
        S.APPROVED: approved,
        S.SCHEDULED: approved,
        S.CANCELLED: (*approved, "cancel"),
        S.REPORTED: reported,
        S.CHECKED: (*reported, "check"),
        S.CLOSED: (*reported, "check", "close"),
    }[script.until]


def _step(
    verb: str,
    action: BranchAction,
    author: Actor,
    approver: Actor,
    planned_at: datetime,
    key: UUID,
    outcome: Outcome | None,
) -> None:
    after = action.ends_at + timedelta(hours=1)
    soon = planned_at + timedelta(hours=5)
    if verb == "submit":
        services.submit_action(author, action.id, action.version, at=planned_at + timedelta(hours=1))
    elif verb == "approve":
        services.approve_action(approver, action.id, action.version, at=soon)
    elif verb == "request_changes":
        services.request_changes(
            approver, action.id, action.version, "Ask the head teacher first, please.", at=soon
        )
    elif verb == "cancel":
        services.cancel_action(author, action.id, action.version, "Snow. We will try again.", at=soon)
    elif verb == "report" and outcome is not None:
        services.report_action(author, action.id, outcome, key, at=after)
    elif verb == "check":
        services.check_report(approver, action.id, action.version, at=after + timedelta(days=1))
    elif verb == "close":
        services.close_action(approver, action.id, action.version, at=after + timedelta(days=2))
