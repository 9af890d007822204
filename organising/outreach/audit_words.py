"""Mail to contacts in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "outreach.composed": "Wrote a mailing to contacts",
        "outreach.stopped": "A contact stopped this organisation’s emails",
    },
    by_the_person={"outreach.stopped"},
)
