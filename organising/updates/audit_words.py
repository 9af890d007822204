"""Updates to signers in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "update.composed": "Began an update to signers",
        "updates.stopped": "Stopped updates to signers",
    }
)
