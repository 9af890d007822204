"""Motions in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "motion.agreed": "Agreed that a body is named in public",
        "motion.agreement_taken_back": "No longer agreed that a body is named",
        "motion.brought_again": "Brought a motion before a body again",
        "motion.called_back": "Called a motion back: a draft again",
        "motion.commented": "Commented on a motion",
        "motion.edited": "Changed a motion",
        "motion.forwarded": "Noted whom a motion was sent to",
        "motion.forwarding_taken_back": "Took back whom a motion was sent to",
        "motion.linked": "Linked a motion with the diary",
        "motion.named": "Named a body in public",
        "motion.outcome_taken_back": "Took a motion's outcome back",
        "motion.put_on_agenda": "Noted that a motion is on the agenda",
        "motion.restored": "Undid the withdrawal of a motion",
        "motion.submitted": "Sent a motion in",
        "motion.taken_off_agenda": "Noted that a motion is not on the agenda",
        "motion.told": "Told what became of a motion",
        "motion.told_past": "Told of a motion that a body had decided",
        "motion.unlinked": "Undid a motion's link with the diary",
        "motion.unnamed": "Named a body in public no more",
        "motion.withdrawn": "Withdrew a motion",
        "motion.worded": "Put in a motion's text as it was carried",
        "motion.written": "Wrote a motion",
        "motions.exported": "Took a list of motions out",
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
