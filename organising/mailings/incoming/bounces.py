"""Bounces: standard reports (RFC 3464), and the letters that mail servers wrote before and beside the standard."""

import re

from organising.mailings.status_codes import ENHANCED, Refusal, judge

from .kinds import Severity
from .reading import MESSAGE_ID, Headers, Incoming
from .verdicts import Bounce

DAEMONS = re.compile(
    r"^(mailer-daemon|mailer_daemon|postmaster|mail-daemon|mdaemon|microsoftexchange[0-9a-f]{10,}|mailerdaemon)@"
)
FAILED = re.compile(
    r"undeliver(able|ed)|failure notice|mail(?: message)? delivery (?:has )?(?:failed|failure)|returned mail|"
    r"delivery status notification \(failure\)|delivery (?:has )?failed|delivery failure|delivery error|"
    r"mail (?:system )?error|message (?:could not|cannot|can't) be delivered|non[- ]?delivery|"
    r"nicht zugestellt|unzustellbar|mail could not be delivered",
    re.IGNORECASE,
)
DELAYED = re.compile(
    r"\(delay(?:ed)?\)|delayed mail|mail (?:is )?delayed|delivery (?:has been |is )?delayed|"
    r"warning:? (?:could not send|message)|still being retried|will (?:keep|continue) trying|"
    r"temporary (?:non-)?delivery|not yet been delivered|gmail will retry",
    re.IGNORECASE,
)
REPORTED = re.compile(
    r"this is the qmail-send program|this message was created automatically by mail delivery software|"
    r"this is the mail (?:system|delivery (?:agent|system))|the following addresses had permanent fatal errors|"
    r"delivery has failed to these recipients|address not found|wasn.t delivered to|"
    r"could not be delivered to|your message couldn.t be delivered|undeliverable to",
    re.IGNORECASE,
)
BASIC = re.compile(r"(?<![\d.])([45]\d\d)[ -](?!\d{3,})")
NO_SUCH = re.compile(
    r"user unknown|unknown user|no such (?:user|person|mailbox|recipient|address)|mailbox (?:not found|unavailable|"
    r"does not exist)|address (?:not found|rejected: (?:undeliverable|access denied))|(?:does ?n.t|does not|no longer) exist|"
    r"recipient (?:not found|unknown|address rejected)|invalid (?:recipient|mailbox|address)|account (?:has been )?"
    r"(?:disabled|closed)|no mailbox (?:here )?by that name|unrouteable address|host (?:or domain name )?not found|"
    r"domain (?:does not exist|not found)|user (?:does not exist|not found)",
    re.IGNORECASE,
)
UNWANTED = re.compile(
    r"\bspam\b|block(?:ed|list)|black ?list|\bdmarc\b|\bspf\b|\bdkim\b|polic(?:y|ies)|reputation|"
    r"not (?:authori[sz]ed|permitted|allowed)|unauthenticated|restricted|content rejected|message refused",
    re.IGNORECASE,
)
FOR_NOW = re.compile(
    r"mailbox (?:is )?full|over quota|quota (?:has been )?exceeded|insufficient (?:system )?storage|try again|"
    r"temporar|timed out|timeout|greylist|too (?:large|big)|exceeds",
    re.IGNORECASE,
)
RETURNED_ID = re.compile(r"^[> \t]*message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
RETURNED_FROM = re.compile(r"^[> \t]*(?:from|return-path):\s*(.+)$", re.IGNORECASE | re.MULTILINE)
COPY = re.compile(
    r"below this line is a copy|this is a copy of (?:the|your) message|original message (?:follows|headers)|"
    r"-{3,}\s*original message|-{3,} ?forwarded message|unsent message (?:below|follows)|received: (?:from|by)",
    re.IGNORECASE,
)
NAMED = re.compile(r"(?:^|[\s<(:])([^\s<>()\"',;:]{1,128}@[^\s<>()\"',;:]{1,190})")


def is_delay(message: Incoming) -> bool:
    """Whether this only says that a server goes on trying."""
    actions = _said(message, "action")
    if actions:
        return "failed" not in actions and "delayed" in actions
    if not _from_server(message):
        return False
    by_words = DELAYED.search(notice(message)) and not FAILED.search(message.subject)
    return bool(DELAYED.search(message.subject) or by_words)


def is_receipt(message: Incoming) -> bool:
    """Whether a server or a reader's program confirms that ours was delivered or seen."""
    if message.report_type == "disposition-notification" or _said(message, "disposition"):
        return True
    actions = _said(message, "action")
    return bool(actions) and actions <= {"delivered", "relayed", "expanded"}


def named_in(message: Incoming) -> tuple[str, ...]:
    """The recipients that a report names, whatever became of it."""
    return _recipients(list(message.report))


def find_bounce(message: Incoming) -> Bounce | None:
    """What the bounce says, or ``None`` where this is none."""
    if message.report_type == "disposition-notification":
        return None
    actions = _said(message, "action")
    if actions:
        return _of_report(message) if "failed" in actions else None
    if any(status.startswith("5.") for status in _said(message, "status")):
        return _of_report(message)
    if _looks_failed(message) and not is_delay(message):
        return _of_letter(message)
    return None


def says_nothing(bounce: Bounce) -> bool:
    """Whether a bounce can't be read any further than that it is one."""
    return bounce.status is None and not bounce.recipients


def returns_a_bounce(message: Incoming) -> bool:
    """Whether what is returned is itself a bounce: none of ours, since we send none."""
    kind = " ".join(message.returned.get("content-type", ())).lower()
    senders = " ".join((*message.returned.get("from", ()), *message.returned.get("return-path", ())))
    if message.returned:
        return _is_server(senders) or "multipart/report" in kind or "<>" in senders
    copy = _copy(message)
    return any(_is_server(found) or found.strip() == "<>" for found in RETURNED_FROM.findall(copy))


def notice(message: Incoming) -> str:
    """The server's own words, without the copy of what it returns."""
    found = COPY.search(message.text)
    return message.text[: found.start()] if found else message.text[:8000]


def _looks_failed(message: Incoming) -> bool:
    if message.first("x-failed-recipients"):
        return True
    words = notice(message)
    if _from_server(message):
        return bool(FAILED.search(message.subject) or REPORTED.search(words) or _permanent(words))
    # A person may write "undeliverable" too: from anyone else it takes the subject and a server's words.
    return bool(FAILED.search(message.subject)) and bool(REPORTED.search(words)) and bool(_codes(words))


def _permanent(words: str) -> bool:
    return bool(NO_SUCH.search(words)) and bool(_codes(words))


def _from_server(message: Incoming) -> bool:
    nobody = message.first("return-path").strip() == "<>"
    return _is_server(message.sender) or (nobody and not message.sender)


def _is_server(sender: str) -> bool:
    bare = NAMED.search(f" {sender.strip().lower()}")
    return bool(DAEMONS.match(bare.group(1) if bare else sender.strip().lower()))


def _of_report(message: Incoming) -> Bounce:
    failed = [one for one in message.report if "action" not in one or _value(one, "action") == "failed"]
    told = " ".join(_value(one, "diagnostic-code") for one in failed)
    stated = [_value(one, "status") for one in failed if one.get("status")]
    status = _specific([*stated, told, notice(message) if not stated else ""])
    return Bounce(
        severity=_severity(status, told or notice(message)),
        status=status,
        recipients=_recipients(failed),
        original_id=_original_id(message),
        diagnostic=(told or notice(message))[:500].strip(),
    )


def _of_letter(message: Incoming) -> Bounce:
    words = notice(message)
    status = _specific([words])
    named = message.first("x-failed-recipients")
    found = [one.lower() for one in NAMED.findall(named or words)]
    own = {message.sender, *message.recipients}
    recipients = [one for one in found if not _is_server(one) and one not in own]
    return Bounce(
        severity=_severity(status or _basic(words), words),
        status=status,
        recipients=tuple(dict.fromkeys(recipients))[:20],
        original_id=_original_id(message),
        diagnostic=" ".join(words.split())[:500],
    )


def _severity(status: str | None, words: str) -> Severity:
    """By the status where it says enough (RFC 3463), else by the words; in doubt the address is left alone."""
    if status and status.startswith("4."):
        return Severity.SOFT
    if status and not status.endswith(".0.0"):
        # As a refusal at the door is judged; 5.1.7 and 5.1.8 are about the sender's address.
        refusal = judge(550, status)
        if refusal is Refusal.NO_SUCH_ADDRESS:
            return Severity.HARD
        unwanted = refusal is Refusal.POLICY or status in ("5.1.7", "5.1.8")
        return Severity.BLOCKED if unwanted else Severity.SOFT
    if UNWANTED.search(words):
        return Severity.BLOCKED
    if FOR_NOW.search(words):
        return Severity.SOFT
    return Severity.HARD if NO_SUCH.search(words) else Severity.SOFT


def _specific(texts: list[str]) -> str | None:
    """The first enhanced status that says more than x.0.0, else the first of any."""
    found = [one for text in texts for one in _codes(text)]
    return next((one for one in found if not one.endswith(".0.0")), found[0] if found else None)


def _codes(text: str) -> list[str]:
    """Enhanced statuses of failure in a text; a basic reply code stands for none of them."""
    found = [one.group() for one in ENHANCED.finditer(text) if one[1] != "2"]
    return found or ([f"{BASIC.findall(text)[0][0]}.0.0"] if BASIC.search(text) else [])


def _basic(words: str) -> str | None:
    found = BASIC.search(words)
    return f"{found[1][0]}.0.0" if found else None


def _recipients(blocks: list[Headers]) -> tuple[str, ...]:
    found = []
    for block in blocks:
        # Where a forward's end is gone, the address that was written to is not.
        named = _value(block, "final-recipient") or _value(block, "original-recipient")
        address = named.rpartition(";")[2].strip().strip("<>").lower()
        if "@" in address:
            found.append(address)
    return tuple(dict.fromkeys(found))[:20]


def _original_id(message: Incoming) -> str | None:
    for value in message.returned.get("message-id", ()):
        found = MESSAGE_ID.search(value)
        if found:
            return found.group()
    for block in message.report:
        found = MESSAGE_ID.search(
            _value(block, "original-message-id") or _value(block, "x-original-message-id")
        )
        if found:
            return found.group()
    told = RETURNED_ID.search(_copy(message))
    if told:
        return told[1]
    # Servers that return nothing still answer the message they could not deliver.
    return message.references[-1] if message.references else None


def _copy(message: Incoming) -> str:
    found = COPY.search(message.text)
    return message.text[found.start() :] if found else message.text


def _said(message: Incoming, name: str) -> set[str]:
    return {_value(block, name) for block in message.report if block.get(name)}


def _value(block: Headers, name: str) -> str:
    value = next(iter(block.get(name, ())), "").strip()
    return value.split(" ")[0].lower() if name in ("action", "status") else value
