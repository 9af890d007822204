"""Every column of an organisation's own rows that can hold words is sealed, or stands here with the reason why not."""

import pytest
from sqlalchemy import text

from organising.platform.migrations import maintenance
from tests.support.databases import with_database

# A code: the database itself takes only the words that its own CHECK lists.
COLUMNS = text(
    """
    SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS kind,
           EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' AND a.attnum = ANY (k.conkey)
                    AND pg_get_constraintdef(k.oid) ~ ('\\(\\(?' || a.attname || ' = (ANY \\(ARRAY|''[a-z_]+''::text)')) AS is_code,
           EXISTS (SELECT FROM pg_attribute i WHERE i.attrelid = c.oid AND i.attname = 'id') AS has_id
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND format_type(a.atttypid, a.atttypmod) IN
           ('text', 'character varying', 'bytea', 'jsonb', 'json', 'text[]')
       AND obj_description(c.oid) IN ('ownership: owned', 'ownership: lent')
     ORDER BY 1, 2
    """
)
# What ends so is no words of a person's, in whatever table it stands.
ENDINGS = {
    "_cipher": "sealed",
    "_key": "a keyed hash, or cut from one",
    "_hash": "a hash",
    "_label": "a colleague's name as partners see it, or a colleague's own label",
    "_language": "a code of two letters, forgotten with the mail",
    "_by": "a colleague's name",
    "gss_code": "a code of the Office for National Statistics",
    "constituency_code": "a code of the Office for National Statistics",
    "sector": "a code: searched and counted",
    "state": "a code",
    "source": "a code: where it came from",
    "kind": "a code",
    "digest": "a hash",
    "postcode": "searched, under row security",
}
SEARCHED = "searched as one types, under row security (firewall.md)"
TEXT = "a text of the organisation's that goes out to many, not about a person"
SAID = "said to other organisations about a text of many; its readers keep it when the author's key is gone"
SIGNED = "as it stands in public under a text"
OWN_ADDRESS = "the organisation's own address, in every message it sends"
PUBLIC_ADDRESS = "a representative's, public"
CLEAR = {
    "stored_file.kept_for": "the kind of record that a file belongs to, out of a list in the code",
    "action_call.action_title": "the title of actions, whose headlines partners read",
    "action_call.question": TEXT,
    "action_call.title": TEXT,
    "action_call.withdrawn_from": "a code",
    "action_detail.approval": "a code: who has to agree",
    "action_detail.postcode_answer": "a code: what the look-up of the postcode said",
    "action_event.fields": "names of fields, never what was in them",
    "action_event.what": "a code",
    "audit_event.action": "a code",
    "audit_event.facts": "ids, states, counts and names of fields (audit.py)",
    "audit_event.subject_type": "a code",
    "audit_seal.hash": "a hash",
    "call_event.what": "a code",
    "consent_wording.purpose": "a code",
    "consent_wording.text": TEXT,
    "contact.name": SEARCHED,
    "contact.sort_key": SEARCHED,
    "contact_consent.channel": "a code",
    "contact_consent.purpose": "a code",
    "contact_detail.use": "a code: home, work",
    "contact_field.name": "a word of the organisation's own for all contacts; none for immigration status is taken",
    "contact_field.name_folded": "as its name",
    "contact_field_option.name": "as the field's: what can be chosen, not who chose it",
    "contact_field_option.name_folded": "as its name",
    "contact_import.agreed": "codes of what all agreed to",
    "contact_import.known_rule": "a code",
    "contact_import.made_tags": "ids",
    "contact_import.meanings": "which column of a file is which field; no cell",
    "contact_merge.moved": "ids",
    "contact_segment.name": "what colleagues call a question; the question itself is sealed",
    "contact_segment.name_folded": "as its name",
    "delivery.absence": "a fixed sentence",
    "delivery.address": PUBLIC_ADDRESS + "; the database allows none of a signer's",
    "delivery.last_reply": "what the mail server answered, the address taken out",
    "delivery.message_id": "made here",
    "delivery.queue_id": "made by the relay",
    "disclosure_request.authority": "a public body",
    "disclosure_request.basis": "a code: what it rests on",
    "duplicate_rule.fields": "names of fields and weights",
    "erased_key.key": "a keyed hash",
    "erased_row.holding": "a code: which domain held it",
    "erased_row.table_name": "the name of a table",
    "erasure.counts": "numbers of rows by table",
    "rights_request.left_out": "names of tables and ids of rows",
    "export_record.clause": "the number of a clause",
    "export_record.reason": "what a colleague says a file is for; about the file, not about a person in it",
    "export_record.what": "which list",
    "import_upload.content": "a file of public facts",
    "import_upload.difference": "public facts",
    "import_upload.fingerprint": "a hash",
    "import_upload.reason": "why a file of public facts was refused",
    "import_upload.title": "which public register",
    "imported_row.deed": "a code",
    "introduction.fields": "names of fields",
    "incoming_message.came_by": "a code",
    "incoming_message.proposed": "a code",
    "incoming_message.reply_class": "a code",
    "incoming_message.severity": "a code",
    "incoming_message.status": "a status code of mail",
    "incoming_message.verdict": "a code",
    "incoming_message.why": "which rule said so",
    "invitation.role": "a code",
    "attendance_mail.key": "a version or a time, ours",
    "sign_up.consent": "the words of the box, the same for all",
    "sign_up.told": "a hash of when and where an event is",
    "letter.address": PUBLIC_ADDRESS,
    "letter.consent": "the words of the box, the same for all",
    "letter.greeting": "a representative's form of address",
    "letter.sketch": "a keyed sketch",
    "letter_action.approved_hash": "a hash",
    "letter_action.prompts": TEXT,
    "letter_action.slug": TEXT,
    "letter_action.standfirst": TEXT,
    "letter_action.subject": TEXT,
    "letter_action.title": TEXT,
    "mail_server.host": OWN_ADDRESS,
    "mail_server.security": "a code",
    "mail_server.test_answer": "what the organisation's own mail server said to a test",
    "mail_server.username": OWN_ADDRESS,
    "mailing.asked_names": "ids and labels of colleagues",
    "mailing.body": TEXT,
    "mailing.common": TEXT,
    "mailing.mode": "a code",
    "mailing.named": "ids and labels of colleagues",
    "mailing.progress": "counts",
    "mailing.reply_to": OWN_ADDRESS,
    "mailing.sender": OWN_ADDRESS,
    "mailing.sender_name": OWN_ADDRESS,
    "mailing.stopped_because": "a fixed sentence",
    "mailing.subject": TEXT,
    "mailing.title": TEXT,
    "mailing_attachment.content": "a file that goes out to many",
    "mailing_attachment.name": "the name of such a file",
    "mailing_choice.address": PUBLIC_ADDRESS,
    "mailing_choice.fields": "public facts of a representative",
    "mailing_choice.left_out": "a code",
    "mailing_choice.salutation": "a representative's form of address",
    "mailing_removal.choices": "public facts of representatives",
    "mailing_signatory.answer": "a code",
    "mailing_signature.text": TEXT,
    "mailing_template.body": TEXT,
    "mailing_template.name": TEXT,
    "mailing_template.subject": TEXT,
    "mailing_version.body": TEXT,
    "mailing_version.subject": TEXT,
    "motion_detail.postcode_answer": "a code: what the look-up of the postcode said",
    "motion_event.fields": "names of fields, never what was in them",
    "motion_event.what": "a code",
    "motion_notice.stamp": "ids and a day: which deadline somebody was written to about",
    "organisation_key.wrapped": "a key, wrapped by the installation's",
    "paper_batch.channel": "a code",
    "paper_batch.label": "what a branch calls a pile of sheets",
    "paper_row.name": SEARCHED,
    "paper_row.rejection": "a code",
    "paper_row.verdict": "a code",
    "pledge.channel": "a code",
    "pledge.name": SEARCHED,
    "pledge.name_by_last": SEARCHED,
    "pledge.name_folded": SEARCHED,
    "pledge.part": "a code",
    "pledge_address_change.language": "a code of two letters, forgotten with the mail",
    "pledge_answer.asked": "the question, the same for all",
    "pledge_consent.channel": "a code",
    "pledge_consent.condition": "a code",
    "pledge_consent.purpose": "a code",
    "pledge_consent.wording": "the words of the box, the same for all",
    "pledge_mail_request.language": "a code of two letters, forgotten with the mail",
    "retention_hold.rule": "the name of a rule",
    "retention_run.rule": "the name of a rule",
    "retention_setting.rule": "the name of a rule",
    "search_token.token": SEARCHED,
    "sender_identity.address": OWN_ADDRESS,
    "sender_identity.name": OWN_ADDRESS,
    "sender_identity.reply_to": OWN_ADDRESS,
    "sender_proof.address": OWN_ADDRESS,
    "sign_off.comment": "said to another organisation about a text of many; its reader keeps it when the signer's key is gone",
    "sign_off.decision": "a code",
    "sign_off.shown": TEXT,
    "sign_off.signer_role": "a code",
    "special_fact.purpose": "a code",
    "task.place": "the address of one of the product's own pages",
    "task_event.fields": "names of fields, never what was in them",
    "task_event.what": "a code",
    "statement_comment.body": SAID,
    "statement_comment.proposal": SAID,
    "statement_comment.quote": SAID,
    "statement_notice.stamp": "a code: which text or day somebody was written to about",
    "statement_resolution.outcome": "a code",
    "statement_resolution.words": SAID,
    "statement_sign_off.comment": SAID,
    "statement_sign_off.decision": "a code",
    "statement_sign_off.name": SIGNED,
    "statement_sign_off.signatory": SIGNED,
    "statement_sign_off.signatory_title": SIGNED,
    "statement_sign_off.signer_role": "a code",
    "statement_version.body": TEXT,
    "statement_version.headline": TEXT,
    "statement_version.note": TEXT,
    "suppression.reason": "a code",
    "tag.name": "searched: a word of the organisation's own, shown as such where it is typed",
    "tag.name_folded": "searched",
    "unit.code": "the unit's own number in the organisation's membership system",
    "unit_area.area_name": "the public name of an area",
    "unit_change.after": "names and places of units, codes of areas, roles and days: never who holds an office",
    "unit_import.counts": "counts",
    "unit_change.before": "names and places of units, codes of areas, roles and days: never who holds an office",
    "unit.name": "a branch",
}


@pytest.fixture(scope="module")
def columns(databases):
    with maintenance(with_database(databases.owner_url, databases.template)) as opened:
        return opened.execute(COLUMNS).all()


def test_each_column_that_can_hold_words_is_sealed_or_says_why_not(columns):
    unexplained = []
    for one in columns:
        name = f"{one.table}.{one.column}"
        ending = any(
            one.column.endswith(end) for end in ENDINGS if not (one.kind == "text" and end == "_key")
        )
        if not (ending or one.is_code or name in CLEAR):
            unexplained.append(name)
    assert unexplained == [], "seal it (platform/sealing.py), or say in CLEAR why it may stand in the clear"
    assert len([one for one in columns if one.column.endswith("_cipher")]) > 40


def test_what_is_sealed_can_be_sealed_anew_and_no_reason_outlives_its_column(columns):
    for one in columns:
        if one.column.endswith("_cipher"):
            assert (one.kind, one.has_id) == ("bytea", True), f"{one.table}.{one.column}"
    gone = set(CLEAR) - {f"{one.table}.{one.column}" for one in columns}
    assert gone == set()
