"""Words that are kept with a signature or shown with it: consents in their exact wording, sectors, limits."""

from datetime import datetime, timedelta

from flask_babel import gettext as _

from .models import PledgeDrive, Purpose, Sector, SpecialCondition

# Data Protection Act 2018 section 9 and the coalition's own promise: younger people are not asked to sign.
MINIMUM_AGE = 13
# Unconfirmed signatures, and details of those who asked to hear from nobody, go after so many days.
UNCONFIRMED_DAYS = 14
DETAILS_DAYS = 30
# From when a batch was accepted.
SCAN_DAYS = 30
# So often one address is sent its mail again within an hour.
MAILS_AN_HOUR = 3
UNSTATED = "unallocated"


def confirmable_until(signed_at: datetime) -> datetime:
    """When a signature that nobody confirmed is erased: its link confirms until then."""
    return signed_at + timedelta(days=UNCONFIRMED_DAYS)


def sector_labels() -> dict[str, str]:
    """Sectors in the order of the form."""
    return {
        Sector.EDUCATION: _("Education"),
        Sector.HEALTH: _("Health and care"),
        Sector.POLICE: _("Police"),
        Sector.LOCAL_AUTHORITY: _("Local council"),
        Sector.JOBCENTRE: _("Jobcentres"),
        Sector.OTHER: _("Another public service"),
        Sector.NOT_PUBLIC: _("Not in a public service"),
    }


def sector_label(sector: str | None) -> str:
    """One sector in words; "Not stated" for none."""
    return sector_labels().get(sector or "", _("Not stated"))


def language_labels() -> dict[str, str]:
    """The languages of a drive's text, for its coordinator."""
    return {"en": _("English"), "cy": _("Welsh"), "es": _("Spanish"), "pt": _("Portuguese")}


def offered_sectors(drive: PledgeDrive) -> dict[str, str]:
    """The sectors that a drive offers, in the order of the form; empty where it asks for none."""
    return {sector: label for sector, label in sector_labels().items() if sector in drive.sectors}


def state_labels() -> dict[str, str]:
    """A signature's states in the page's words."""
    return {
        "confirmed": _("Confirmed"),
        "witnessed": _("Witnessed on paper"),
        "pending": _("Waiting for confirmation"),
        "withdrawn": _("Withdrawn"),
        "erased": _("Erased"),
        "invalidated": _("Not counted"),
    }


def pledge_consent(organisation: str) -> str:
    """The explicit consent that signing gives (special-category data: what one believes politically)."""
    return _(
        "By signing I agree that %(organisation)s keeps my name, email address and postcode to count me once. "
        "I know that my signature says something about my political beliefs, and I can withdraw it at any time.",
        organisation=organisation,
    )


def updates_consent(organisation: str) -> str:
    """The tick box of the organisation whose link was used."""
    return _(
        "%(organisation)s may email me about this campaign and how else I can help.",
        organisation=organisation,
    )


def lead_consent(lead: str) -> str:
    """The tick box of the coalition's lead, where another partner's link was used: it makes a copy for the lead."""
    return _(
        "%(lead)s, which leads the campaign, may also keep a copy of my signature and email me about it.",
        lead=lead,
    )


def public_name_consent() -> str:
    """The tick box for the public list of names."""
    return _(
        "Show my name, and nothing else, on the public list of people who signed. "
        "I can take it off the list at any time."
    )


def condition_labels() -> dict[str, str]:
    """What allows keeping a political belief at all, in words."""
    return {
        SpecialCondition.EXPLICIT_CONSENT: _("Explicit consent (UK GDPR, Article 9(2)(a))"),
    }


def purpose_labels() -> dict[str, str]:
    """What a consent is for, in the staff page's words."""
    return {
        Purpose.PLEDGE: _("Kept as a signer"),
        Purpose.UPDATES: _("May be emailed"),
        Purpose.PUBLIC_NAME: _("Named on the public list"),
    }
