"""The 18 asks of Care Don't Share, as published on 4 December 2018 and not checked since."""

from ..platform.actor import Actor
from ..platform.db import db
from .models import Ask

AS_PUBLISHED = "As published on 4 December 2018, not checked since."

# Code, sector, wording, body, office that decides.
ASKS = (
    (
        "FW-1",
        "all",
        "Firewall: data held by trusted services never goes to the Home Office for immigration enforcement",
        "All services",
        "Secretary of State or head of each service",
    ),
    (
        "EDU-1",
        "education",
        "Commit to a firewall between education data and immigration enforcement",
        "Department for Education",
        "Secretary of State for Education",
    ),
    (
        "EDU-2",
        "education",
        "Withdraw from the tracing memorandum and rule out another",
        "Department for Education",
        "Secretary of State for Education",
    ),
    (
        "EDU-3",
        "education",
        "Delete nationality and country-of-birth data collected 2016–2018",
        "Department for Education",
        "Secretary of State for Education",
    ),
    (
        "POL-1",
        "police",
        "Force-level firewall for victims and witnesses, quickly",
        "Each police force",
        "Chief Constable; police and crime commissioner or mayor holds to account",
    ),
    (
        "POL-2",
        "police",
        "No referral of victims and witnesses for immigration enforcement",
        "Each police force",
        "Chief Constable; police and crime commissioner or mayor holds to account",
    ),
    ("POL-3", "police", "Treat undocumented immigration as a civil matter", "Government", "Home Secretary"),
    ("POL-4", "police", "Repeal low-level immigration offences", "Government, Parliament", "Home Secretary"),
    (
        "POL-5",
        "police",
        "Far less police–Home Office joint enforcement",
        "Home Office, police forces",
        "Home Secretary, Chief Constables",
    ),
    (
        "POL-6",
        "police",
        "Remove what deters safe reporting, such as immigration officers in custody suites",
        "Home Office, police forces",
        "Home Secretary, Chief Constables",
    ),
    (
        "HLT-1",
        "health",
        "End charging migrants for healthcare",
        "Home Office, health department",
        "Home Secretary and Secretary of State for Health",
    ),
    (
        "HLT-2",
        "health",
        "End the data sharing that goes with charging",
        "Home Office, health department",
        "Home Secretary and Secretary of State for Health",
    ),
    (
        "HLT-3",
        "health",
        "Destroy, and never use, data from the defunct NHS memorandum",
        "Home Office",
        "Home Secretary",
    ),
    (
        "HLT-4",
        "health",
        "Permanent firewall for patient data",
        "NHS England, health department",
        "NHS England and Secretary of State for Health",
    ),
    (
        "DP-1",
        "data protection",
        "Remove the immigration exemption, Data Protection Act 2018 Schedule 2 Part 1 paragraph 4",
        "Government",
        "Secretary of State responsible for data protection",
    ),
    ("DP-2", "data protection", "Restore immigration legal aid", "Government", "Lord Chancellor"),
    ("DP-3", "data protection", "Restore appeal rights", "Government", "Home Secretary"),
    ("DP-4", "data protection", "Quality assurance of initial decisions", "Home Office", "Home Secretary"),
)


def seed_asks(actor: Actor) -> int:
    """Write the asks into the actor's campaign, in the lead organisation's name; returns how many were written."""
    assert actor.campaign_id is not None
    for place, (code, sector, wording, body, office) in enumerate(ASKS):
        db.session.add(
            Ask(
                campaign_id=actor.campaign_id,
                organisation_id=actor.organisation_id,
                author_label=actor.organisation_name,
                code=code,
                sector=sector,
                wording=wording,
                body=body,
                decision_office=office,
                place=place,
            )
        )
    db.session.flush()
    return len(ASKS)


def is_as_published(ask: Ask) -> bool:
    """Whether the ask still says, word for word, what was published."""
    return (ask.code, ask.sector, ask.wording, ask.body, ask.decision_office) in ASKS
