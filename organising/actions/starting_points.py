"""What an action begins with by its kind: a checklist, and for what anyone may come to the risks to think about.

Nobody's text but the field's own: a planner changes all of it, and a template of the organisation's or the coalition's
stands in its place.
"""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from .states import NO_PLACE, Kind


@dataclass(frozen=True)
class StartingRisk:
    """One risk to think about, with how likely and how bad it is without anything done (1 to 5)."""

    hazard: LazyString
    likelihood: int
    severity: int
    control: LazyString
    owner: LazyString


LEAD, STEWARD, FIRST_AID = _l("Whoever leads"), _l("A steward"), _l("The first aider")
HARASSED = StartingRisk(
    _l("Someone shouts at, threatens or films people taking part"),
    3,
    3,
    _l(
        "Two people at least, never alone. Do not argue: walk away, call 999 if anyone is in danger, write it down after."
    ),
    LEAD,
)
DETAILS = StartingRisk(
    _l("Signed sheets are lost, seen or photographed"),
    2,
    4,
    _l("Sheets face down on a clipboard, one person answers for them, and they go home in a closed folder."),
    _l("Whoever keeps the sheets"),
)
ILL = StartingRisk(
    _l("Someone is taken ill or hurt"),
    2,
    4,
    _l(
        "Know who is trained in first aid, where the kit and the nearest defibrillator are, and the postcode for 999."
    ),
    FIRST_AID,
)
STREET = StartingRisk(
    _l("Someone trips over the table, banner or leaflets, or steps into the road"),
    2,
    3,
    _l(
        "Leave two metres of pavement free, nothing loose underfoot, nobody hands out leaflets in the carriageway."
    ),
    STEWARD,
)
WEATHER = StartingRisk(
    _l("Wind, rain or heat"),
    3,
    2,
    _l(
        "Look at the forecast the day before; water and shade; take the gazebo down in wind; call it off in a storm."
    ),
    LEAD,
)
CROWD = StartingRisk(
    _l("More people come than the room holds"),
    2,
    4,
    _l(
        "Know how many it holds, count at the door, keep the fire exits clear, say before the start where they are."
    ),
    STEWARD,
)
PICTURED = StartingRisk(
    _l("Someone is photographed who must not be found"),
    2,
    5,
    _l(
        "Say before any picture is taken, keep a part of the room without cameras, publish faces only with a yes."
    ),
    _l("The photographer"),
)
ACCESS = StartingRisk(
    _l("Someone cannot get in, hear or follow"),
    3,
    3,
    _l("Step-free way in, a microphone, the address and the nearest stop in the invitation, someone to ask."),
    LEAD,
)
CHILDREN = StartingRisk(
    _l("Children and young people are there"),
    3,
    3,
    _l(
        "The school's or venue's safeguarding lead knows; no adult of ours is alone with a child; no pictures of them."
    ),
    LEAD,
)
LONG_DAY = StartingRisk(
    _l("Someone is lost, late or worn out on the day"),
    3,
    2,
    _l("A meeting point and time, a number to ring, a list of who came, and who goes home with whom."),
    STEWARD,
)

RISKS: dict[Kind, tuple[StartingRisk, ...]] = {
    Kind.STALL: (HARASSED, DETAILS, STREET, WEATHER, ILL),
    Kind.LEAFLETING: (HARASSED, STREET, WEATHER),
    Kind.WORKPLACE_SIGNING: (DETAILS, ILL),
    Kind.PUBLIC_MEETING: (CROWD, HARASSED, PICTURED, ACCESS, ILL),
    Kind.ASSEMBLY: (CHILDREN, PICTURED, ACCESS),
    Kind.LOBBY_DAY: (LONG_DAY, PICTURED, ACCESS, ILL),
    Kind.SURGERY_VISIT: (HARASSED, ACCESS),
    Kind.TRAINING: (ACCESS, ILL),
}

COME = (
    _l("Tell people when and where, and whom to ring"),
    _l("Find two people at least who come for certain"),
)
PAPER = (_l("Print pledge sheets, with the wording of today"), _l("Decide who types in the sheets, by when"))
ROOM = (
    _l("Book the room and know how many it holds"),
    _l("Look at the way in, the microphone and the toilets"),
)
CHECKLISTS: dict[Kind, tuple[LazyString, ...]] = {
    Kind.STALL: (
        _l("Ask the council or the landowner whether a stall may stand there"),
        *COME,
        *PAPER,
        _l("Table, banner, pens, clipboards"),
    ),
    Kind.WORKPLACE_SIGNING: (
        _l("Tell the employer or the rep where needed"),
        *PAPER,
        _l("Choose the breaks to go round"),
    ),
    Kind.LEAFLETING: (*COME, _l("Print leaflets and share out the streets")),
    Kind.LETTER_WRITING: (
        _l("Choose the representative and the ask"),
        _l("Paper, envelopes, stamps, the address"),
    ),
    Kind.PHONEBANK: (_l("Agree the script"), _l("Say what is written down, and where")),
    Kind.TRAINING: (*ROOM, _l("Agree who trains"), _l("Send what to read before")),
    Kind.PUBLIC_MEETING: (
        *ROOM,
        _l("Agree speakers and chair"),
        *PAPER,
        _l("Stewards, first aid, photographer"),
    ),
    Kind.ASSEMBLY: (
        _l("Agree it with the head teacher"),
        _l("Send the speaker's text ahead"),
        _l("Safeguarding rules of the school"),
    ),
    Kind.SURGERY_VISIT: (
        _l("Ring the office for a place"),
        _l("Agree who asks what"),
        _l("Print the ask and one local figure"),
    ),
    Kind.LOBBY_DAY: (
        _l("Write to the members' offices"),
        _l("Group people by their MP"),
        _l("Send the briefing and the meeting point"),
        _l("Stewards with a list and a phone"),
    ),
    Kind.MOTION: (
        _l("Put it in before the agenda closes"),
        _l("Find a proposer and a seconder"),
        _l("Agree who speaks"),
    ),
}


def starting_checklist(kind: str) -> list[str]:
    """What there is to do for an action of this kind."""
    return [str(one) for one in CHECKLISTS.get(Kind(kind), ())]


def starting_risks(kind: str) -> tuple[StartingRisk, ...]:
    """The risks to think about; none where nobody stands anywhere."""
    return () if kind in NO_PLACE else RISKS.get(Kind(kind), (HARASSED, ILL))
