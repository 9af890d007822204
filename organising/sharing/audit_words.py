"""Sharing with partners in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "introduction.accepted": "A partner accepted an introduction",
        "introduction.declined": "A partner declined an introduction",
        "introduction.expired": "An introduction ran out",
        "introduction.made": "Introduced a contact to a partner",
        "introduction.taken_back": "Took back an introduction",
        "introduction.took": "Accepted a partner's introduction",
        "introduction.turned_down": "Declined a partner's introduction",
        "overlap.counted": "Counted contacts for the overlap of all partners",
        "overlap.joined": "Let contacts be counted with partners'",
        "overlap.left": "No longer let contacts be counted with partners'",
        "stakeholder.added": "Added somebody to the directory of stakeholders",
        "stakeholder.archived": "Put a stakeholder away",
        "stakeholder.edited": "Changed a stakeholder",
        "stakeholder.log_edited": "Changed a headline about a stakeholder",
        "stakeholder.log_removed": "Took out a headline about a stakeholder",
        "stakeholder.log_restored": "Put back a headline about a stakeholder",
        "stakeholder.logged": "Logged a headline about a stakeholder",
        "stakeholder.removed_at_wish": "Deleted a stakeholder who asked for it",
        "stakeholder.restored": "Brought back a stakeholder",
    }
)
