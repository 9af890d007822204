"""Taking part in actions in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "attendance.bounced": "Noted that mail to somebody who signed up came back",
        "attendance.closed": "Closed the sign-up of an action",
        "attendance.exported": "Took out who signed up for an action",
        "attendance.marked": "Marked whether somebody came",
        "attendance.page_set": "Changed what an action’s sign-up says",
        "attendance.reopened": "Opened the sign-up of an action again",
        "attendance.taken_off": "Took somebody off the list of an action",
        "lobby_briefing.sent": "Sent the briefing of a lobby day",
        "lobby_briefing.written": "Wrote lines for the briefing of a lobby day",
        "meeting_slot.changed": "Changed a meeting of a lobby day",
        "meeting_slot.filled": "Put people into a meeting of a lobby day",
        "meeting_slot.removed": "Took a meeting of a lobby day away",
        "meeting_slot.set": "Set a meeting of a lobby day",
    }
)
