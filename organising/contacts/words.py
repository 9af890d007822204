"""Contacts in words, for staff's pages."""

from flask_babel import lazy_gettext as _l

from .duplicates import MatchField
from .models import (
    BulkDeed,
    ConsentChannel,
    ConsentDecision,
    ConsentPurpose,
    ConsentSource,
    ContactKind,
    DetailKind,
    DetailUse,
    FieldKind,
    ImportState,
    KnownRule,
    Sector,
    Source,
    SupportedBy,
)

KINDS = {ContactKind.PERSON: _l("Person"), ContactKind.INSTITUTION: _l("Organisation or body")}
SECTORS = {
    Sector.EDUCATION: _l("Education"),
    Sector.HEALTH: _l("Health and care"),
    Sector.POLICE: _l("Police"),
    Sector.LOCAL_AUTHORITY: _l("Local council"),
    Sector.JOBCENTRE: _l("Jobcentres"),
    Sector.OTHER: _l("Another public service"),
    Sector.NOT_PUBLIC: _l("Not in a public service"),
}
SOURCES = {
    Source.IN_PERSON: _l("Met in person"),
    Source.EVENT: _l("At an event"),
    Source.FORM: _l("Through a form"),
    Source.PAPER: _l("On a paper list"),
    Source.REFERRAL: _l("Introduced by somebody"),
    Source.IMPORT: _l("From a file"),
    Source.OTHER: _l("In another way"),
}
USES = {DetailUse.HOME: _l("Home"), DetailUse.WORK: _l("Work"), DetailUse.OTHER: _l("Other")}
FIELD_KINDS = {
    FieldKind.TEXT: _l("Text, kept encrypted"),
    FieldKind.NUMBER: _l("A number"),
    FieldKind.DAY: _l("A day"),
    FieldKind.TRUTH: _l("Yes or no"),
    FieldKind.ONE_OF: _l("One of several words"),
    FieldKind.SEVERAL_OF: _l("Any of several words"),
}
BULK_DEEDS = {
    BulkDeed.TAG: _l("Tag them"),
    BulkDeed.UNTAG: _l("Take a tag off them"),
    BulkDeed.UNIT: _l("Assign them to a branch or group"),
    BulkDeed.COLLEAGUE: _l("Say who looks after them"),
}
DONE_TOGETHER = {
    BulkDeed.TAG: _l("Tagged with many others"),
    BulkDeed.UNTAG: _l("A tag taken off with many others"),
    BulkDeed.UNIT: _l("Assigned with many others"),
    BulkDeed.COLLEAGUE: _l("Given with many others to"),
}
DETAIL_KINDS = {
    DetailKind.EMAIL: _l("Email"),
    DetailKind.PHONE: _l("Phone"),
    DetailKind.ADDRESS: _l("Address"),
}
# ISO 639-1, the languages most spoken in England and Wales (ONS, Census 2021) and those of the public's pages.
LANGUAGES = {
    "en": _l("English"), "cy": _l("Welsh"), "ar": _l("Arabic"), "bn": _l("Bengali"), "bg": _l("Bulgarian"),
    "zh": _l("Chinese"), "fr": _l("French"), "de": _l("German"), "el": _l("Greek"), "gu": _l("Gujarati"),
    "hi": _l("Hindi"), "it": _l("Italian"), "ku": _l("Kurdish"), "lt": _l("Lithuanian"), "pa": _l("Punjabi"),
    "fa": _l("Persian or Farsi"), "pl": _l("Polish"), "pt": _l("Portuguese"), "ro": _l("Romanian"),
    "ru": _l("Russian"), "so": _l("Somali"), "es": _l("Spanish"), "ta": _l("Tamil"), "tr": _l("Turkish"),
    "uk": _l("Ukrainian"), "ur": _l("Urdu"), "vi": _l("Vietnamese"), "bfi": _l("British Sign Language"),
}  # fmt: skip
PURPOSES = {
    ConsentPurpose.NEWS: _l("News of the campaign"),
    ConsentPurpose.INVITATIONS: _l("Invitations to actions and events"),
    ConsentPurpose.FUNDRAISING: _l("Asking for money"),
    ConsentPurpose.UNION_MEMBERSHIP: _l("Keeping their union membership"),
    ConsentPurpose.OPINIONS: _l("Keeping their opinions"),
}
CHANNELS = {
    ConsentChannel.EMAIL: _l("by email"),
    ConsentChannel.PHONE: _l("by phone"),
    ConsentChannel.TEXT: _l("by text message"),
    ConsentChannel.POST: _l("by post"),
    ConsentChannel.RECORD: _l("on record"),
}
DECISIONS = {
    ConsentDecision.GIVEN: _l("They said yes"),
    ConsentDecision.REFUSED: _l("They said no"),
    ConsentDecision.WITHDRAWN: _l("They took it back"),
    ConsentDecision.SOFT_OPT_IN: _l("A supporter who was offered the choice, and did not refuse"),
}
CONSENT_SOURCES = {
    ConsentSource.IN_PERSON: _l("Face to face"),
    ConsentSource.PHONE: _l("On the phone"),
    ConsentSource.PAPER: _l("On paper"),
    ConsentSource.FORM: _l("In a form online"),
    ConsentSource.MESSAGE: _l("In a message"),
    ConsentSource.IMPORT: _l("From a file"),
    ConsentSource.NOT_SAID: _l("Not said"),
    ConsentSource.CONFIRMED: _l("They confirmed it by the link in an email"),
    ConsentSource.OWN_PAGE: _l("On their own preference page"),
    ConsentSource.UNSUBSCRIBED: _l("They pressed “unsubscribe” in an email"),
    ConsentSource.NOT_ME: _l("They said by the link in an email that it was not them"),
}
SUPPORTED_BY = {
    SupportedBy.INTEREST: _l("They showed an interest in what we work for"),
    SupportedBy.SUPPORT: _l("They offered or gave support: time, money, a signature"),
}
# The words with which an organisation begins, until it writes its own.
FIRST_WORDINGS = {
    ConsentPurpose.NEWS: _l("%(name)s may send me news of its campaigns. I can stop this at any time."),
    ConsentPurpose.INVITATIONS: _l(
        "%(name)s may tell me about actions and events that I can take part in. I can stop this at any time."
    ),
    ConsentPurpose.FUNDRAISING: _l(
        "%(name)s may ask me to support its work with money. I can stop this at any time."
    ),
    ConsentPurpose.UNION_MEMBERSHIP: _l(
        "I explicitly agree that %(name)s keeps a record of my membership of a trade union, for organising with me. "
        "I can take this back at any time, and the record is then removed."
    ),
    ConsentPurpose.OPINIONS: _l(
        "I explicitly agree that %(name)s keeps a record of my political opinions as I told them, for organising with "
        "me. I can take this back at any time, and the record is then removed."
    ),
}
MATCH_FIELDS = {
    MatchField.EMAIL: _l("email"),
    MatchField.PHONE: _l("phone"),
    MatchField.NAME: _l("name"),
    MatchField.LAST_WORD: _l("last word of the name"),
    MatchField.FIRST_WORD: _l("first word of the name"),
    MatchField.POSTCODE: _l("postcode"),
}
COLUMNS = {
    "name": _l("Name"),
    "first_name": _l("First name"),
    "last_name": _l("Last name"),
    "email": _l("Email"),
    "phone": _l("Phone"),
    "address": _l("Address"),
    "postcode": _l("Postcode"),
    "unit": _l("Branch or group"),
    "sector": _l("Sector"),
    "job": _l("Role"),
    "workplace": _l("Workplace"),
    "language": _l("Language"),
    "tags": _l("Tags"),
    "note": _l("Note"),
}
KNOWN_RULES = {
    KnownRule.SKIP: _l("Leave them as they are"),
    KnownRule.FILL: _l("Add what is missing"),
    KnownRule.UPDATE: _l("What the file says goes over it"),
}
IMPORT_STATES = {
    ImportState.READING: _l("Being read"),
    ImportState.REFUSED: _l("Can’t be read"),
    ImportState.CHECKING: _l("Being looked at"),
    ImportState.CHECKED: _l("Looked at, not written"),
    ImportState.APPLYING: _l("Being written"),
    ImportState.STOPPED: _l("Held up"),
    ImportState.DONE: _l("Done"),
    ImportState.UNDOING: _l("Being undone"),
    ImportState.UNDONE: _l("Undone"),
}
FIELDS = {
    "kind": _l("Person or body"),
    "name": _l("Name"),
    "emails": _l("Email addresses"),
    "phones": _l("Phone numbers"),
    "addresses": _l("Addresses"),
    "unit_id": _l("Branch or group"),
    "sector": _l("Sector"),
    "job": _l("Role"),
    "workplace": _l("Workplace"),
    "language": _l("Language"),
    "tags": _l("Tags"),
    "source": _l("How you know them"),
    "source_detail": _l("More about that"),
    "body": _l("Note"),
    "evidence": _l("Evidence"),
    "value": _l("What they told you"),
}
# Why somebody takes contacts out: a choice, as a reason in own words could name a person in the audit log.
REASONS = {
    "event": _l("A list for an event"),
    "post": _l("A mailing by post"),
    "phone": _l("A round of phone calls"),
    "move": _l("To move to another system"),
    "copy": _l("A copy for safe keeping"),
    "access": _l("Somebody asked for what we hold"),
}
DEEDS = {
    "contact.added": _l("Added"),
    "contact.edited": _l("Changed"),
    "contact.archived": _l("Archived"),
    "contact.restored": _l("Brought back"),
    "contact.note_added": _l("Note written"),
    "contact.note_removed": _l("Note taken away"),
    "contact.note_restored": _l("Note put back"),
    "contact.imported": _l("Added from a file"),
    "contact.changed_by_file": _l("Changed by a file"),
    "contact.colleague_assigned": _l("Said who looks after them"),
    "contact.merged": _l("Merged with another contact"),
    "contact.merge_undone": _l("Merge undone"),
    "contact.set_apart": _l("Said to be two people, not one"),
    "contact.proposed_again": _l("Proposed as a duplicate again"),
    **{f"contacts.{deed}": word for deed, word in DONE_TOGETHER.items()},
    "contact.fact_removed": _l("Removed what was kept with consent"),
    "consent.asked": _l("Asked by email what they agree to"),
    "consent.chosen": _l("Chose on their own page"),
    "consent.confirmed": _l("Confirmed what they agree to by the link in an email"),
    "consent.disowned": _l("Said that it was not them who agreed"),
    "contacts.exported": _l("Taken out as a file"),
    "introduction.made": _l("Introduced to a partner"),
    "introduction.took": _l("Taken on from a partner who introduced them"),
    "outreach.stopped": _l("Stopped emails by the link in one"),
    "rights.lifted": _l("Lifted an objection or a restriction"),
}
