"""Actions in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "action.approval_given": "Let an organiser approve actions",
        "action.approval_taken_back": "Took approval of actions back",
        "action.asked_back": "Asked about an action's report",
        "action.cancelled": "Cancelled an action",
        "action.chased": "Asked by mail how an action went",
        "action.answered": "Answered a question about a report",
        "action.commented": "Commented on an action",
        "action.corrected": "Corrected an action's report",
        "action.edited": "Changed an action",
        "action.finished": "Finished an action",
        "action.join_accepted": "Joined forces with a partner's action",
        "action.join_declined": "Declined to join forces",
        "action.join_left": "Left a joint action",
        "action.join_proposed": "Proposed to join forces",
        "action.join_withdrawn": "Withdrew a proposal to join forces",
        "action.photo_added": "Added a photograph to an action",
        "action.photo_consent": "Said whether a photograph of an action may be shown",
        "action.photo_put_back": "Put a photograph of an action back",
        "action.photo_removed": "Took a photograph out of an action",
        "action.planned": "Planned an action",
        "action.prepared": "Prepared an action",
        "action.reported": "Reported on an action",
        "action.ticked": "Ticked an action's checklist",
        "action.went_back": "Brought an earlier report of an action back",
        "action_template.changed": "Changed a template of actions",
        "action_template.kept": "Wrote a template of actions",
        "action_template.removed": "Removed a template of actions",
    }
)
