"""Tasks in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "task.added": "Wrote a task down",
        "task.commented": "Commented on a task",
        "task.drop": "Dropped a task",
        "task.edited": "Changed a task",
        "task.finish": "Marked a task as done",
        "task.reopen": "Opened a task again",
        "task.restore": "Took a dropped task up again",
    }
)
