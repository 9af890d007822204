"""Calls to branches in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "call.answered_doing": "Answered a call: doing it",
        "call.answered_need_help": "Answered a call: need help",
        "call.answered_not_us": "Answered a call: not us",
        "call.closed": "Closed a call to branches",
        "call.edited": "Changed a call to branches",
        "call.expired": "A call to branches came to its last day",
        "call.extended": "Changed a call's last day",
        "call.help_wanted_again": "Had a branch wait for help again",
        "call.helped": "Saw to a branch that needed help",
        "call.published": "Put a call to branches",
        "call.reminded": "Reminded branches of a call",
        "call.reminder_taken_back": "Took a reminder of a call back",
        "call.reopened": "Opened a call again",
        "call.restored": "Undid the calling off of a call",
        "call.taken_back": "Took a call back before it left",
        "call.units_chosen": "Chose the branches for a call",
        "call.withdrawn": "Called off a call to branches",
        "call.written": "Wrote a call to branches",
        "call.written_again": "Wrote to a branch again about a call",
        "joint_call.declined": "Did not pass a call to every partner on",
        "joint_call.launched": "Put a call to every partner",
        "joint_call.passed_on": "Passed a call to every partner on to the own branches",
        "joint_call.restored": "Undid the calling off of a call to every partner",
        "joint_call.withdrawn": "Called off a call to every partner",
    }
)
