"""What the work in the background is, for people who never heard of a job: by the purpose that each carries."""

from flask_babel import lazy_gettext as _l

WORDS = {
    "account_notice": _l("Telling somebody of a change to their account"),
    "address": _l("Asking a signer’s new address for its yes"),
    "again": _l("Mailing a signer their link again"),
    "alert": _l("Telling admins of something odd at the pledge"),
    "apply_import": _l("Applying an import of representatives"),
    "apply_sign_offs": _l("Letting sign-offs of a mailing take effect"),
    "ask_consent": _l("Asking contacts for their consent, and fresh links"),
    "ask_for_sign_off": _l("Asking a partner to sign off a mailing"),
    "attendance_contact": _l("Keeping somebody who signed up as a contact"),
    "attendance_mail": _l("Mail to those who signed up for an action"),
    "chase_report": _l("Asking how an action went"),
    "confirmation": _l("Mailing a signer the link to confirm"),
    "count": _l("Counting pledges"),
    "deliver": _l("Sending a mailing"),
    "digest": _l("The daily digest"),
    "import": _l("Importing contacts"),
    "invitation": _l("Mailing an invitation"),
    "letter_confirmation": _l("Mailing a constituent the link to confirm"),
    "milestone": _l("Telling of a milestone of the pledge"),
    "officer_link": _l("Mailing an officer the link to sign in"),
    "paper_copies": _l("Bringing the lead’s copies of a paper batch up to date"),
    "password_reset": _l("Mailing a link for a new password"),
    "queue_letter": _l("Sending a constituent’s letter"),
    "read_incoming": _l("Reading what came back"),
    "relay_answer": _l("Passing an MP’s answer on"),
    "remind_of_motion": _l("Reminding of the day by which a motion has to be in"),
    "remind_of_statement": _l("Reminding of a statement to sign"),
    "retention": _l("Emptying merges that can’t be undone any more"),
    "rights_confirmation": _l("Mailing the link to confirm a question about data"),
    "rights_mail": _l("Mailing the answer about somebody’s data"),
    "send_calls": _l("Asking branches to join in"),
    "sender_proof": _l("Proving a sender’s address"),
    "sign_on_asked": _l("Asking who can approve an organisation’s signature"),
    "sign_on_invited": _l("Inviting an organisation to sign"),
    "statement_due": _l("Releasing a statement at its time"),
    "stop_mail": _l("Mailing somebody who stops all mail"),
    "tell_of_joining": _l("Telling of joining forces"),
    "tell_of_statement": _l("Asking partners about a statement"),
}


def in_words(purpose: str) -> str:
    """What a job is for; its purpose made readable where nobody gave it words."""
    return str(WORDS.get(purpose) or purpose.replace("_", " ").capitalize())
