"""Calendar feeds in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "calendar_feed.made": "Made a calendar feed",
        "calendar_feed.renewed": "Gave a calendar feed another address",
        "calendar_feed.revoked": "Closed a calendar feed",
    }
)
