"""Contacts of whom everything is known in plain Python, and a filter over that: what a segment's SQL has to find.

The filter knows nothing of the product's: it reads the facts below by the words of the builder.
"""

import random
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from organising.actions.models import ActionContact, BranchAction
from organising.contacts.models import Contact, ContactArea, ContactDetail
from organising.contacts.queries.fields import list_fields
from organising.contacts.services import ContactDraft, DetailDraft, keep_contact
from organising.contacts.services.consents import ConsentDraft, record_consent
from organising.contacts.services.fields import add_field, put_values
from organising.lobbying.models import Engagement, EngagementContact
from organising.mailings.models import Delivery, Mailing
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Person
from tests.support.pledges import add_signers, open_a_drive
from tests.support.world import World

LONDON = ZoneInfo("Europe/London")
NAMES = ("Amara Okafor", "Niamh O’Brien", "Inés García Márquez", "Llŷr Tŵr-Coch", "Ines Brienz", "Nia Ash", "Olu Ash-Okafor",
         "Zoë Zafar", "Ash Amar", "Brien Ó Nia")  # fmt: skip
POSTCODES = ("E1 4NS", "E14 5AB", "E1W 2BB", "NW1 8QH", "SW1A 1AA", "B1 1AA")
SECTORS, SOURCES = ("education", "health", "not_public", None), ("event", "form", None)
TAGS, AREAS = ("volunteer", "press", "stall team"), ("E14000001", "E14000002", "E09000030")
UNITS = ("North", "North, east", "South")
COLOURS, DAYS_FREE = ("red", "green"), ("Monday", "Friday", "Sunday")
TEXTS, NUMBERS = ("Vegan", "végan", "No nuts", None), ("0", "1", "2.5", "40", None)
# So many days ago.
OCCASIONS = (1, 40)
CONSENTS = (("news", "email"), ("news", "post"), ("fundraising", "email"))


@dataclass
class Known:
    """All that there is to know of one contact. Details say whether they hold today; decisions are in their order."""

    id: UUID
    name: str
    kind: str
    sector: str | None
    source: str | None
    unit: str | None
    tags: set[str]
    postcodes: list[tuple[str, bool]]
    areas: set[str]
    email: bool
    phone: bool
    colleague: UUID | None
    added: datetime
    edited: datetime | None
    own: dict[str, Any]
    decisions: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    signed: bool = False
    mailed: list[datetime] = field(default_factory=list)
    # Places at which they were: numbers of OCCASIONS.
    actions: set[int] = field(default_factory=set)
    met: set[int] = field(default_factory=set)


@dataclass
class People:
    """A world of them, with the ids of what they are asked about."""

    known: list[Known]
    tags: dict[str, UUID]
    units: dict[str, UUID]
    fields: dict[str, UUID]
    options: dict[str, UUID]
    drive: UUID
    actions: list[UUID]
    colleagues: list[UUID]

    def of(self, table: dict[str, UUID], value: str) -> str:
        """What is called so."""
        return next(name for name, its_id in table.items() if str(its_id) == value)


def plain(text: str) -> str:
    """Small letters without accents and apostrophes, every other sign a space."""
    bare = "".join(
        one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one)
    )
    bare = bare.replace("’", "").replace("'", "")
    return " ".join("".join(one if one.isalnum() else " " for one in bare).split())


def matches(people: People, one: Known, asked: Any) -> bool:
    """Whether all that is asked holds of a contact; ``asked`` is ``(mode, parts)`` or ``(field, operator, value)``."""
    if len(asked) == 2:
        mode, parts = asked
        said = [matches(people, one, part) for part in parts if asks(part)]
        if not said:
            return True
        return all(said) if mode == "all" else any(said) if mode == "any" else not any(said)
    name, operator, value = asked
    if name.startswith("field."):
        return _own(people, one, people.of(people.fields, name.removeprefix("field.")), operator, value)
    if name.startswith("consent."):
        _word, purpose, channel = name.split(".")
        return _agreed(one.decisions.get((purpose, channel), []), operator)
    answer: bool = globals()[f"_{name}"](people, one, operator, value)
    return answer


def asks(asked: Any) -> bool:
    """Whether there is any condition in it."""
    return len(asked) == 3 or any(asks(part) for part in asked[1])


def _name(_people: People, one: Known, operator: str, value: str) -> bool:
    if operator == "begins":
        return plain(one.name).startswith(plain(value))
    if operator == "is":
        return plain(one.name) == plain(value)
    words = set(plain(one.name).split()) | set(plain(one.name.replace("’", " ")).split())
    for postcode, _holds in one.postcodes:
        words |= {plain(postcode.replace(" ", "")), plain(postcode.split()[1])}
    return all(any(word.startswith(typed) for word in words) for typed in plain(value).split())


def _kind(_people: People, one: Known, operator: str, value: str) -> bool:
    return (one.kind == value) == (operator == "is")


def _sector(_people: People, one: Known, operator: str, value: str) -> bool:
    return one.sector is None if operator == "unknown" else (one.sector == value) == (operator == "is")


def _source(_people: People, one: Known, operator: str, value: str) -> bool:
    return one.source is None if operator == "unknown" else (one.source == value) == (operator == "is")


def _tag(people: People, one: Known, operator: str, value: str) -> bool:
    if operator in ("some", "none"):
        return bool(one.tags) == (operator == "some")
    return (people.of(people.tags, value) in one.tags) == (operator == "has")


def _colleague(people: People, one: Known, operator: str, value: str) -> bool:
    if operator == "none":
        return one.colleague is None
    if operator == "mine":
        return one.colleague == people.colleagues[0]
    return (str(one.colleague) == value) == (operator == "is")


def _unit(people: People, one: Known, operator: str, value: str) -> bool:
    if operator == "none":
        return one.unit is None
    wanted = people.of(people.units, value)
    if operator == "within":
        return one.unit is not None and one.unit.startswith(wanted)
    return (one.unit == wanted) == (operator == "is")


def _postcode(_people: People, one: Known, operator: str, value: str) -> bool:
    present = [postcode for postcode, holds in one.postcodes if holds]
    if operator in ("known", "unknown"):
        return bool(present) == (operator == "known")
    wanted = value.upper().replace(" ", "")
    if operator == "district":
        return any(postcode.split()[0] == wanted for postcode in present)
    begun = any(postcode.replace(" ", "").startswith(wanted) for postcode in present)
    return begun == (operator == "begins")


def _area(_people: People, one: Known, operator: str, value: str) -> bool:
    return not one.areas if operator == "unknown" else (value in one.areas) == (operator == "is")


def _email(_people: People, one: Known, operator: str, _value: str) -> bool:
    return one.email == (operator == "has")


def _phone(_people: People, one: Known, operator: str, _value: str) -> bool:
    return one.phone == (operator == "has")


def _address(_people: People, one: Known, operator: str, _value: str) -> bool:
    return any(holds for _postcode, holds in one.postcodes) == (operator == "has")


def _added(_people: People, one: Known, operator: str, value: str) -> bool:
    return _then(one.added, operator, value)


def _changed(_people: People, one: Known, operator: str, value: str) -> bool:
    return _then(one.edited or one.added, operator, value)


def _then(moment: datetime, operator: str, value: str) -> bool:
    there = moment.astimezone(LONDON).date()
    edge = (
        date.fromisoformat(value) if operator in ("since", "before") else today() - timedelta(days=int(value))
    )
    return there >= edge if operator in ("since", "within") else there < edge


def _pledge(_people: People, one: Known, operator: str, _value: str) -> bool:
    return one.signed == (operator == "signed")


def _mail(_people: People, one: Known, operator: str, value: str) -> bool:
    if operator in ("ever", "never"):
        return bool(one.mailed) == (operator == "ever")
    return any(_then(moment, "within", value) for moment in one.mailed) == (operator == "within")


def _action(people: People, one: Known, operator: str, value: str) -> bool:
    if operator == "at":
        return people.actions.index(UUID(value)) in one.actions
    return _there(one.actions, operator, value)


def _engagement(_people: People, one: Known, operator: str, value: str) -> bool:
    return _there(one.met, operator, value)


def _there(places: set[int], operator: str, value: str) -> bool:
    if operator == "within":
        return any(OCCASIONS[place] <= int(value) for place in places)
    return bool(places) == (operator == "ever")


def _agreed(decisions: list[str], operator: str) -> bool:
    last = decisions[-1] if decisions else None
    return {"yes": last == "given", "not_yes": last != "given", "no": last == "refused", "withdrawn": last == "withdrawn", "soft": False,
            "not_asked": last is None}[operator]  # fmt: skip


def _own(people: People, one: Known, name: str, operator: str, value: str) -> bool:
    there = one.own.get(name)
    if operator in ("known", "unknown"):
        return (there is not None) == (operator == "known")
    if operator in ("has", "has_not"):
        return (people.of(people.options, value) in (there or ())) == (operator == "has")
    if name == "Diet":
        return (there is not None and plain(there) == plain(value)) == (operator == "is")
    if there is None:
        return False
    if name == "Speaks":
        return there is (operator == "yes")
    if name == "Hours":
        number = Decimal(value)
        return {"at_least": there >= number, "at_most": there <= number, "is": there == number}[operator]
    days = timedelta(days=int(value)) if operator in ("within", "ahead") else timedelta()
    if operator in ("within", "ahead"):
        return (
            today() - days <= there <= today() if operator == "within" else today() <= there <= today() + days
        )
    edge = date.fromisoformat(value)
    return {"since": there >= edge, "before": there < edge, "on": there == edge}[operator]


def build(world: World, actor: Actor, admin: Actor, number: int = 48) -> People:
    """So many contacts of the actor's organisation, the same at each run."""
    slug, dice = "neu", random.Random(6)
    units = {name: world.unit(slug, name) for name in UNITS}
    drive = open_a_drive(world)
    with world.context(slug, admin) as session:
        from organising.organisations.models import Unit

        session.get_one(Unit, (actor.organisation_id, units[UNITS[1]])).parent_id = units[UNITS[0]]
        for name, kind, options in (("Diet", "text", ()), ("Hours", "number", ()), ("Trained", "day", ()), ("Speaks", "truth", ()),
                                    ("Colour", "one_of", COLOURS), ("Free", "several_of", DAYS_FREE)):  # fmt: skip
            add_field(admin, name, kind, options)
        session.commit()
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        person = Person(name="Invented Member", sort_key="invented member")
        session.add(person)
        session.flush()
        person_id = person.id
        session.commit()
    with world.context(slug, actor) as session:
        own = list_fields()
        fields = {one.name: one.id for one in own}
        options = {option.name: option.id for one in own for option in one.options}
        colleagues = [actor.user_id, admin.user_id]
        known, keys = [], []
        for place in range(number):
            one, key = _keep(session, actor, dice, place, units, fields, options, colleagues)
            known.append(one)
            keys.append(key)
        from organising.contacts.queries.contacts import list_tags

        tags = {tag.name: tag.id for tag in list_tags()}
        _write_to(session, actor, dice, known)
        actions = _put_to_occasions(session, actor, dice, known, person_id)
        session.commit()
    for one, key in zip(known, keys, strict=True):
        if one.email and dice.random() < 0.4:
            state = dice.choice(("confirmed", "pending", "withdrawn"))
            if state == "withdrawn":
                continue
            add_signers(world, drive, slug, 1, name="Invented", name_folded="invented", email_key=key, state=state,
                        part="collected", channel="web")  # fmt: skip
            one.signed = state == "confirmed"
    return People(known, tags, units, fields, options, drive, actions, colleagues)


def _keep(session, actor, dice, place, units, fields, options, colleagues):
    on = today()
    postcodes = [(code, dice.random() < 0.7) for code in dice.sample(POSTCODES, dice.choice((0, 1, 1, 2)))]
    email, phone = dice.choice((True, True, False)), dice.random() < 0.5
    gone = on - timedelta(days=3)
    unit = dice.choice((*UNITS, None))
    one = Known(
        id=uuid4(), name=dice.choice(NAMES), kind=dice.choice(("person", "person", "institution")),
        sector=dice.choice(SECTORS), source=dice.choice(SOURCES), unit=unit,
        tags=set(dice.sample(TAGS, dice.choice((0, 1, 2)))), postcodes=postcodes,
        areas=set(dice.sample(AREAS, dice.choice((0, 1, 2)))), email=email, phone=phone,
        colleague=dice.choice((*colleagues, None)), added=_moment(dice), edited=dice.choice((None, _moment(dice))), own={},
    )  # fmt: skip
    contact = keep_contact(actor, ContactDraft(
        f"{one.name}", uuid4(), one.kind,
        emails=(DetailDraft(f"known.{place}@example.org", valid_until=None if email else gone),),
        phones=(DetailDraft(f"07700 900{place:03d}", valid_from=None if phone else on + timedelta(days=3)),),
        addresses=tuple(DetailDraft(postcode=code, valid_until=None if holds else gone) for code, holds in postcodes),
        unit_id=units[unit] if unit else None, sector=one.sector, source=one.source, tags=tuple(one.tags),
    ), confirmed=_Everything())  # fmt: skip
    one.id = contact.id
    contact.created_at, contact.edited_at, contact.colleague_id = one.added, one.edited, one.colleague
    session.add_all(ContactArea(contact_id=contact.id, gss_code=code) for code in one.areas)
    session.flush()
    _decide(actor, dice, one)
    _fill(contact, dice, one, fields, options)
    if place % 12 == 11:
        contact.archive(now())
        one.kind = "archived"
    detail = next(iter(session.scalars(ContactDetail.__table__.select().with_only_columns(ContactDetail.value_key).where(
        ContactDetail.contact_id == contact.id, ContactDetail.kind == "email"))))  # fmt: skip
    return one, detail


def _write_to(session, actor: Actor, dice: random.Random, known: list[Known]) -> None:
    """Mail that went to some of them, and some that never left."""
    mailing = Mailing(
        organisation_id=actor.organisation_id, campaign_id=actor.campaign_id, title="t", subject="s", body="b", sender_name="n",
        reply_to="r@example.org", created_by_label="x", last_editor_label="x", updated_at=now(), created_by=actor.user_id,
        last_editor_id=actor.user_id, mode="organisation_to_contacts",
    )  # fmt: skip
    session.add(mailing)
    session.flush()
    for place, one in enumerate(known):
        state = dice.choice(("accepted", "bounced", "queued", "cancelled", None))
        if state is None:
            continue
        at = _moment(dice)
        session.add(
            Delivery(mailing_id=mailing.id, contact_id=one.id, email_key=uuid4().bytes, place=place, state=state, changed_at=at,
                     next_at=at, message_id=f"{place}@example.org")
        )  # fmt: skip
        if state in ("accepted", "bounced"):
            one.mailed.append(at)
    session.flush()


def _put_to_occasions(
    session, actor: Actor, dice: random.Random, known: list[Known], person_id: UUID
) -> list[UUID]:
    """Two actions and two meetings, at which some of them were; answers with the actions."""
    actions, met = [], []
    for ago in OCCASIONS:
        begin = datetime.combine(today() - timedelta(days=ago), time(11), LONDON)
        action = BranchAction(campaign_id=actor.campaign_id, organisation_id=actor.organisation_id, author_label="x", kind="stall",
                              title=f"Stall {ago}", unit_label="", area="a", starts_at=begin,
                              ends_at=begin + timedelta(hours=1), state="draft")  # fmt: skip
        meeting = Engagement(campaign_id=actor.campaign_id, organisation_id=actor.organisation_id, author_label="x",
                             person_id=person_id, kind="call", attended_by="staff", outcome="helpful", headline="h",
                             happened_on=begin.date(), submission_key=uuid4())  # fmt: skip
        session.add_all([action, meeting])
        session.flush()
        actions.append(action.id)
        met.append(meeting.id)
    for one in known:
        one.actions, one.met = (set(dice.sample((0, 1), dice.choice((0, 0, 1, 2)))) for _ in range(2))
        for place in one.actions:
            session.add(ActionContact(contact_id=one.id, action_id=actions[place], author_label="x"))
        for place in one.met:
            session.add(EngagementContact(contact_id=one.id, engagement_id=met[place], author_label="x"))
    session.flush()
    return actions


class _Everything:
    """Says yes to every caution."""

    def __contains__(self, _key: object) -> bool:
        return True


def _moment(dice: random.Random) -> datetime:
    """At an hour on some day: a minute before or after midnight in London too."""
    day = today() - timedelta(days=dice.choice((0, 1, 2, 29, 30, 31, 200)))
    return datetime.combine(day, dice.choice((time(0, 0), time(0, 1), time(12), time(23, 59))), LONDON)


def _decide(actor: Actor, dice: random.Random, one: Known) -> None:
    for purpose, channel in CONSENTS:
        for ago in sorted(dice.sample(range(1, 40), dice.choice((0, 1, 1, 2, 3))), reverse=True):
            decision = dice.choice(("given", "refused", "withdrawn"))
            draft = ConsentDraft(purpose, decision, uuid4(), (channel,), today() - timedelta(days=ago))
            record_consent(actor, one.id, draft)
            one.decisions.setdefault((purpose, channel), []).append(decision)


def _fill(
    contact: Contact, dice: random.Random, one: Known, fields: dict[str, UUID], options: dict[str, UUID]
) -> None:
    number = dice.choice(NUMBERS)
    days = dice.choice((None, -400, -10, -1, 0, 1, 30))
    free = dice.sample(DAYS_FREE, dice.choice((0, 1, 2)))
    colour = dice.choice((*COLOURS, None))
    found = {
        "Diet": dice.choice(TEXTS), "Hours": Decimal(number) if number else None,
        "Trained": None if days is None else today() + timedelta(days=days), "Speaks": dice.choice((True, False, None)),
        "Colour": (colour,) if colour else None, "Free": tuple(free) or None,
    }  # fmt: skip
    one.own = {name: value for name, value in found.items() if value is not None}
    put_values(contact, {
        fields[name]: tuple(options[word] for word in value) if isinstance(value, tuple) else value
        for name, value in one.own.items()
    })  # fmt: skip
