"""Files in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "file.deleted": "Deleted a file for good",
        "file.kept": "Added a file",
        "file.removed": "Removed a file",
        "file.replaced": "Gave a file a new version",
        "file.restored": "Put a file back",
    }
)
