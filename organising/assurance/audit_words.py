"""Data protection in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "breach.closed": "Closed the breach desk",
        "breach.noted": "Wrote a note at the breach desk",
        "breach.opened": "Opened the breach desk",
        "breach.partners_told": "Noted that partners were told of a breach",
        "breach.people_told": "Noted that people were told of a breach",
        "breach.reported": "Noted that the Commissioner was told of a breach",
        "disclosure.answered": "Wrote down what an authority was given",
        "disclosure.approved": "Said, as the second of two, that a request by an authority has to be answered",
        "disclosure.refused": "Refused a request by an authority",
        "disclosure.reopened": "Said, as the first of two, that a request by an authority has to be answered",
        "disclosure.withdrawn": "Noted that an authority withdrew its request",
        "organisation.everything_taken": "Took everything of the organisation along",
        "organisation.left": "Left the coalition",
        "organisation.went_back_to_practice": "Went back to practice mode",
        "organisation.went_live": "Went live",
        "people_storage.switched_off": "Switched people-storage off",
        "people_storage.switched_on": "Switched people-storage on",
    }
)
