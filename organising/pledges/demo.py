"""Demo: one open pledge with several hundred signers, every one invented and visibly so."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from ..organisations.models import Unit, UnitKind
from ..platform.actor import Actor
from ..platform.clock import now
from ..platform.db import db, new_id
from ..platform.sealing import blind_index, canonical_email, seal_field
from ..platform.tenancy import Context, use_context
from ..representatives.services import find_seat_code
from . import canonical
from .keys import counting_keys
from .models import (
    Channel,
    Part,
    Pledge,
    PledgeConsent,
    PledgeDrive,
    PledgeState,
    Purpose,
    Sector,
    Translated,
)
from .queries import Partner, list_partners
from .services.counting import count_drive, publish_drive
from .services.drives import DriveDetails, create_drive, open_drive
from .services.milestones import MilestoneGiven, save_milestone
from .services.translations import TextGiven, save_translation
from .texts import pledge_consent, updates_consent

SIGNERS = 780
# Of the invented parliament: few enough that some have ten signers of one organisation.
SEATS = 12
LOCAL = (UnitKind.DISTRICT, UnitKind.LOCAL_GROUP)
DAYS = 27
DRIVE = DriveDetails(
    slug="care-dont-share",
    title="Care, don’t share",
    standfirst="A school, a surgery, a police station: places to be safe in. We pledge to keep them that way.",
    wording=(
        "People must be able to send their children to school, see a doctor and report a crime without fear that "
        "what they say there ends up with immigration enforcement.\n"
        "We call for a firewall: personal information collected by trusted public services is never shared with the "
        "Home Office for immigration enforcement.\n"
        "Where I work, study or use a public service, I will speak up for that promise, and I will stand by "
        "colleagues who keep it."
    ),
    goal=1000,
)
WELSH = TextGiven(
    title="Gofalu, nid rhannu",
    standfirst="Ysgol, meddygfa, gorsaf heddlu: lleoedd i fod yn ddiogel ynddynt. Rydym yn addo eu cadw felly.",
    wording=(
        "Rhaid i bobl allu anfon eu plant i’r ysgol, gweld meddyg a rhoi gwybod am drosedd heb ofni y bydd yr hyn a "
        "ddywedant yno yn cyrraedd y rhai sy’n gorfodi mewnfudo.\n"
        "Galwn am fur: ni ddylai gwybodaeth bersonol a gesglir gan wasanaethau cyhoeddus y mae pobl yn ymddiried ynddynt "
        "byth gael ei rhannu â’r Swyddfa Gartref er mwyn gorfodi mewnfudo.\n"
        "Lle bynnag yr wyf yn gweithio, yn astudio neu’n defnyddio gwasanaeth cyhoeddus, byddaf yn codi llais dros yr "
        "addewid hwnnw, a byddaf yn sefyll gyda chydweithwyr sy’n ei gadw."
    ),
)
MILESTONE = MilestoneGiven(
    1000,
    banner="We are a thousand. Thank you.",
    others={"cy": "Rydym yn fil. Diolch.", "es": "Somos mil. Gracias.", "pt": "Somos mil. Obrigado."},
)
FIRST = [
    "Ada",
    "Bex",
    "Cato",
    "Dilwyn",
    "Esi",
    "Faro",
    "Gwil",
    "Hana",
    "Idris",
    "Juno",
    "Kofi",
    "Lena",
    "Milo",
    "Nia",
    "Oskar",
    "Pia",
    "Quill",
    "Rosa",
    "Sami",
    "Tova",
    "Uri",
    "Vesna",
    "Wren",
    "Xanthe",
    "Yusra",
    "Zofia",
    "Ångström",
    "Éloïse",
]
LAST = [
    "Examplewright",
    "Makebelieve",
    "Neverwas",
    "Inventson",
    "Fictionali",
    "Storyborn",
    "Placeholder",
    "Notreal",
    "Imaginario",
    "Mockford",
    "Samplewell",
    "Pretendsky",
    "Figment",
    "Fableton",
    "O’Fiction",
    "Madeup-Jones",
    "Dreamt",
    "Nobody",
    "Phantomas",
    "Legendre",
    "Mythwood",
    "Papercut",
    "Sketchley",
    "Understudy",
    "Standinski",
    "Proxima",
    "Hypothe",
]
SECTORS: tuple[tuple[Sector | None, int], ...] = (
    (Sector.EDUCATION, 34), (Sector.HEALTH, 22), (Sector.NOT_PUBLIC, 17), (Sector.LOCAL_AUTHORITY, 11), (None, 10),
    (Sector.OTHER, 6),
)  # fmt: skip
# The launch, a quiet week, a conference, a second wave.
WAVES = (
    60,
    44,
    30,
    24,
    20,
    18,
    16,
    16,
    16,
    18,
    20,
    26,
    40,
    52,
    36,
    26,
    22,
    20,
    18,
    20,
    24,
    30,
    46,
    58,
    40,
    30,
    24,
)


def seed(actor: Actor, at: datetime | None = None) -> UUID:
    """Write, count and publish the demo's drive; returns its id. ``actor``: the campaign's coordinator.

    Speaks for each partner in turn, in sessions of its own that it commits itself: commit what the coalition
    is made of before you call it, and hold no open transaction, since a running one is not counted past.
    """
    assert actor.campaign_id is not None
    at = at or now()
    with use_context(Context(organisation_id=actor.organisation_id, user_id=actor.user_id)) as session:
        drive = create_drive(actor, DRIVE)
        save_translation(actor, drive, Translated.WELSH, WELSH, drive.wording_version)
        save_milestone(actor, drive, MILESTONE)
        open_drive(actor, drive)
        drive_id, partners = drive.id, list_partners(actor.campaign_id)
        # The lead and the union with its branches have the most.
        partners.sort(key=lambda partner: (partner.id != actor.organisation_id, partner.slug != "neu"))
        people = _people(Random(4_12_2018), partners, at)  # noqa: S311
        seats = {postcode: find_seat_code(postcode) for postcode in {one["postcode"] for one in people}}
        session.commit()
    for partner in partners:
        with use_context(Context(organisation_id=partner.id)) as session:
            drive = session.get_one(PledgeDrive, drive_id)
            signed = [person for person in people if partner in person["partners"]]
            units = session.scalars(select(Unit.id).where(Unit.kind.in_(LOCAL)).order_by(Unit.name)).all()
            # Every other one came by the link of a unit.
            rows = [
                _row(drive, partner, person)
                | {
                    "unit_id": units[place // 2 % len(units)] if units and place % 2 else None,
                    "constituency_code": seats[person["postcode"]],
                }
                for place, person in enumerate(signed)
            ]
            if rows:
                db.session.execute(insert(Pledge.__table__), rows)
                db.session.execute(insert(PledgeConsent.__table__), list(_consents(rows, signed, partner)))
            session.commit()
    with use_context(Context(purpose="count")) as session:
        count_drive(drive_id)
        publish_drive(drive_id)
        session.commit()
    return drive_id


def _people(random: Random, partners: list[Partner], at: datetime) -> list[dict[str, Any]]:
    """Who signs when and with whom; one in thirty with two partners."""
    weights = [max(2, 12 - 2 * place) for place in range(len(partners))]
    sectors, shares = zip(*SECTORS, strict=True)
    people = []
    for place in range(SIGNERS):
        first, last = FIRST[place % len(FIRST)], LAST[(place * 5 + place // len(FIRST)) % len(LAST)]
        day = random.choices(range(DAYS), WAVES)[0]
        chosen = random.choices(partners, weights, k=2 if place % 30 == 0 else 1)
        people.append(
            {
                "name": f"{first} {last}",
                "email": f"{canonical.folded(first)}.{canonical.folded(last).replace(' ', '-')}.{place}@example.org",
                "postcode": f"ZA{place % SEATS + 1} 0AA",
                "sector": random.choices(sectors, shares)[0],
                "partners": set(chosen),
                "at": at - timedelta(days=DAYS - day, minutes=random.randrange(600)),
                "updates": random.random() < 0.4,
            }
        )
    return people


def _row(drive: PledgeDrive, partner: Partner, person: dict[str, Any]) -> dict[str, Any]:
    pledge_id, folded = new_id(), canonical.folded(person["name"])
    keys = counting_keys(drive.id, person["email"], person["name"], person["postcode"])
    return {
        "organisation_id": partner.id,
        "id": pledge_id,
        "campaign_id": drive.campaign_id,
        "drive_id": drive.id,
        "signing_id": new_id(),
        "part": Part.COLLECTED,
        "state": PledgeState.CONFIRMED,
        "channel": Channel.WEB,
        "wording_version": drive.wording_version,
        "name": person["name"],
        "name_folded": folded,
        "name_by_last": canonical.by_last(folded),
        "email_cipher": seal_field(
            db.session(), partner.id, "pledge", "email_cipher", pledge_id, person["email"]
        ),
        "email_key": blind_index(partner.id, "email", canonical_email(person["email"])),
        "postcode": person["postcode"],
        "sector": person["sector"],
        **keys.columns(),
        "confirmation_sent_at": person["at"],
        "confirmation_tries": 0,
        "confirmed_at": person["at"],
        "created_at": person["at"],
    }


def _consents(
    rows: list[dict[str, Any]], signed: list[dict[str, Any]], partner: Partner
) -> Iterator[dict[str, Any]]:
    for row, person in zip(rows, signed, strict=True):
        wordings = {Purpose.PLEDGE: pledge_consent(partner.short_name)}
        if person["updates"]:
            wordings[Purpose.UPDATES] = updates_consent(partner.short_name)
        for purpose, wording in wordings.items():
            yield {
                "organisation_id": partner.id,
                "id": new_id(),
                "pledge_id": row["id"],
                "signing_id": row["signing_id"],
                "channel": "email",
                "purpose": purpose,
                "wording": wording,
                "given_at": row["created_at"],
                "created_at": row["created_at"],
            }
