"""Contacts to be asked for by segments: built through the product, the same at each run, and known in plain Python (segments.py)."""

import random
from datetime import datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

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

from .segments import (
    AREAS,
    COLOURS,
    CONSENTS,
    DAYS_FREE,
    LONDON,
    NAMES,
    NUMBERS,
    OCCASIONS,
    POSTCODES,
    SECTORS,
    SOURCES,
    TAGS,
    TEXTS,
    UNITS,
    Known,
    People,
)


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
