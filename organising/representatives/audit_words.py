"""Representatives in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "acts.imported": "Took in what Parliament published",
        "parliament.added": "Added a parliament",
        "parliament.dated": "Dated a parliament",
        "parliament.dissolution_taken_back": "Took back a dissolution",
        "person.contact_preference": "Changed how a member likes to be contacted",
        "recess.added": "Added a recess",
        "recess.removed": "Removed a recess",
        "representatives.import_applied": "Applied an import of representatives",
        "representatives.import_asked": "Asked for an import of representatives",
        "representatives.imported": "Imported representatives",
        "representatives.question_answered": "Answered a question about a representative",
        "representatives.question_ignored": "Set aside a question about a representative",
        "representatives.question_reopened": "Opened a question about a representative again",
    }
)
