"""Words of these pages."""

from flask_babel import lazy_gettext as _l

from ..safeguards.terms import ExportKind

EXPORTS = {
    ExportKind.CONTACTS: _l("Contacts"),
    ExportKind.SIGNERS: _l("Signers"),
    ExportKind.ATTENDEES: _l("Who signed up for an event"),
    ExportKind.AUDIT: _l("Audit log"),
    ExportKind.SHARED: _l("Shared by partners"),
    ExportKind.TOTALS: _l("Totals"),
    ExportKind.LEAVING: _l("Everything, on leaving"),
}
BASES = {
    "court_order": _l("An order of a court"),
    "warrant": _l("A warrant"),
    "statutory": _l("A notice under a law that compels an answer"),
    "asked": _l("A request that compels nothing"),
    "immigration": _l("A request for immigration enforcement"),
    "unknown": _l("It does not say"),
}
# Nothing else is ever answered.
COMPELS = ("court_order", "warrant", "statutory")
DISCLOSURES = {
    "refused": _l("Refused"),
    "reopened": _l("One of two has said that it has to be answered"),
    "approved": _l("To be answered"),
    "answered": _l("Answered"),
    "withdrawn": _l("Withdrawn by the authority"),
}
