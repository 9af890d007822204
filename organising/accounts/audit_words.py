"""Accounts in the audit log, in plain words."""

from ..platform.audit_words import say

say(
    {
        "account.link_used": "Signed in by a mailed link",
        "account.password_changed": "Changed their password",
        "account.recovery_code_used": "Signed in with a recovery code",
        "account.recovery_codes_renewed": "Made new recovery codes",
        "account.renamed": "Changed their name",
        "account.second_factor_off": "Turned their second step at sign-in off",
        "account.second_factor_on": "Turned their second step at sign-in on",
        "account.session_ended": "Signed an officer's device out",
    }
)
