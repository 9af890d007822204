"""Retention and the work in the background in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "job.tried_again": "Had a failed job tried again",
        "retention.held": "Held what would go by itself",
        "retention.ran": "Let go what was kept long enough",
        "retention.released": "Ended a hold",
        "retention.set": "Changed how long something is kept",
    }
)
