"""Statements in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "statement.begun": "Began a statement",
        "statement.brought_back": "Brought a draft of a statement back",
        "statement.come_due": "Released a statement as its embargo passed",
        "statement.comment_resolved": "Answered a comment on a statement",
        "statement.comment_taken_back": "Took back a comment on a statement",
        "statement.commented": "Commented on a statement",
        "statement.consult": "Put a statement to partners",
        "statement.corrected": "Corrected a released statement",
        "statement.declined": "Did not sign a statement",
        "statement.edit": "Opened a locked statement, which voids every sign-off",
        "statement.edited": "Changed the text of a statement",
        "statement.embargo": "Put a statement under embargo",
        "statement.finish": "Closed the names of a statement",
        "statement.lock": "Locked the text of a statement",
        "statement.mailing_drafted": "Made a mailing of a statement",
        "statement.name_taken_back": "Took back an answer on a statement",
        "statement.open_signoff": "Asked for names under a statement",
        "statement.planned": "Changed the plan of a statement",
        "statement.put_away": "Put a draft of a statement away",
        "statement.release": "Released a statement",
        "statement.restored": "Put lines to take back into use",
        "statement.retired": "Took lines to take out of use",
        "statement.signed": "Signed a statement for the organisation",
        "statement.take_back": "Took a statement back to a draft",
    }
)
