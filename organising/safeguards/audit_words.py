"""The data agreement in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "agreement.accepted": "Accepted the data agreement",
        "agreement.version_set": "Set a new version of the data agreement",
    }
)
