"""Letters to MPs in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "letter_action.closed": "Closed a page for letters",
        "letter_action.drafted": "Began a page for letters",
        "letter_action.edited": "Changed a page for letters",
        "letter_action.opened": "Opened a page for letters",
        "letter_relay.approved": "Approved passing letters on",
        "letter_relay.discarded": "Discarded passing letters on",
        "letter_relay.drafted": "Prepared passing letters on",
    }
)
