"""What a mail system's refusal means (RFC 5321 4.2, RFC 3463): whom it is about, and what follows."""

import re
from enum import StrEnum

ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
# Systems that send no enhanced code say it in words such as these (Postfix, Exim, qmail, Exchange).
UNKNOWN_USER = re.compile(
    r"user unknown|unknown user|no such (?:user|mailbox|recipient|person)|unrouteable address|recipient (?:not found|unknown)"
    r"|mailbox (?:not found|unavailable|does not exist)|address (?:rejected|unknown)|does not exist|no mailbox here",
    re.IGNORECASE,
)
NO_SUCH_ADDRESS = frozenset({"1.0", "1.1", "1.2", "1.3", "1.6", "1.10", "2.1"})


class Refusal(StrEnum):
    """What a refusal is about."""

    TEMPORARY = "temporary"
    NO_SUCH_ADDRESS = "no_such_address"
    POLICY = "policy"
    OTHER = "other"


def enhanced_code(text: str) -> str:
    """The enhanced status code in a reply, such as ``5.1.1``; empty where there is none."""
    found = ENHANCED.search(text)
    return found.group() if found else ""


def judge(code: int, text: str) -> Refusal:
    """What a reply of 400 or more means.

    Policy (5.7.x: authentication, reputation, content) is about the sender and never held against the address.
    """
    if code < 500:
        return Refusal.TEMPORARY
    _, _, about = enhanced_code(text).partition(".")
    if about.startswith("7."):
        return Refusal.POLICY
    if about:
        return Refusal.NO_SUCH_ADDRESS if about in NO_SUCH_ADDRESS else Refusal.OTHER
    return Refusal.NO_SUCH_ADDRESS if UNKNOWN_USER.search(text) else Refusal.OTHER
