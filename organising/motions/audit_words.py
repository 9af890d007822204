"""Motions in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "motion_text.begun": "Began a model text",
        "motion_text.discarded": "Threw a draft of a model text away",
        "motion_text.edited": "Changed a draft of a model text",
        "motion_text.offer_taken_back": "Took a model text back from the coordinator",
        "motion_text.offered": "Offered a model text to the coordinator",
        "motion_text.publish": "Published a model text",
        "motion_text.restore": "Put a model text back into use",
        "motion_text.return": "Sent a model text back to its writers",
        "motion_text.version_begun": "Began a new version of a model text",
        "motion_text.withdraw": "Withdrew a model text",
    }
)
