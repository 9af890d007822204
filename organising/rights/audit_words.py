"""The rights desk in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "person.erased": "Erased a person",
        "person.erased_again": "Erased a person again after a restore",
        "rights.asked": "A person asked about their data",
        "rights.bundle_sent": "Mailed a person the link to their data",
        "rights.bundle_taken": "Took a person's data out for them",
        "rights.bundle_taken_by_person": "The person took their data with their link",
        "rights.corrected": "Corrected what is kept, as asked",
        "rights.ended": "Closed a request about data",
        "rights.extended": "Extended a request about data",
        "rights.identity_checked": "Made sure who asks about their data",
        "rights.left_out": "Left out what tells of somebody else",
        "rights.lifted": "Lifted an objection or a restriction",
        "rights.linked": "Said whom a request is about",
        "rights.obeyed": "Obeyed an objection or a restriction",
        "rights.opened": "Wrote down a request about data",
        "rights.paused": "Stopped the clock of a request",
        "rights.resumed": "Let the clock of a request run on",
    }
)
