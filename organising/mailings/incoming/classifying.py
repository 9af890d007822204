"""From a message to a verdict. In doubt a person decides; a machine's answer never counts as one."""

from . import automatic, bounces, human
from .kinds import ReplyClass, Verdict, Why
from .reading import Incoming
from .verdicts import Judgement

OPINIONS = (
    ReplyClass.SUBSTANTIVE_SUPPORT,
    ReplyClass.SUBSTANTIVE_OPPOSE,
    ReplyClass.MEETING_OFFER,
    ReplyClass.ABUSE,
)


def classify(message: Incoming) -> Judgement:
    """What this message is. Looks at the message alone: whose it is, the return path says."""
    bounce = bounces.find_bounce(message)
    if bounce is not None:
        if bounces.returns_a_bounce(message):
            return Judgement(Verdict.TRIAGE, None, bounce, Why.BOUNCE_OF_BOUNCE)
        if bounces.says_nothing(bounce):
            return Judgement(Verdict.TRIAGE, ReplyClass.BOUNCE, bounce, Why.UNREADABLE)
        return Judgement(Verdict.BOUNCE, ReplyClass.BOUNCE, bounce)
    if bounces.is_receipt(message):
        named = bounces.named_in(message)
        return Judgement(Verdict.AUTOMATIC, ReplyClass.ACKNOWLEDGEMENT, arrived=True, recipients=named)
    if bounces.is_delay(message):
        return Judgement(Verdict.AUTOMATIC, ReplyClass.ACKNOWLEDGEMENT)
    if message.is_broken and not message.sender:
        return Judgement(Verdict.TRIAGE, why=Why.UNREADABLE)
    return _of_someone(message)


def _of_someone(message: Incoming) -> Judgement:
    words = human.own_words(message.text)
    if automatic.says_so(message):
        return Judgement(Verdict.AUTOMATIC, automatic.kind_of(message, words), arrived=True)
    if automatic.reads_like_one(message, words):
        said = human.propose(words)
        if said in OPINIONS:
            # Thanks that a person wrote, with an answer among them, must not pass for a machine's.
            return Judgement(Verdict.TRIAGE, said, why=Why.UNCLEAR, arrived=True)
        return Judgement(Verdict.AUTOMATIC, automatic.kind_of(message, words), arrived=True)
    if human.wants_no_more(message.subject, words):
        return Judgement(Verdict.UNSUBSCRIBE, ReplyClass.UNSUBSCRIBE, arrived=True)
    if not words:
        return Judgement(Verdict.TRIAGE, why=Why.EMPTY)
    proposed = human.propose(words)
    if not message.sender:
        return Judgement(Verdict.TRIAGE, proposed, why=Why.UNREADABLE)
    if proposed is None and automatic.asks_for_address(words):
        return Judgement(Verdict.ADDRESS_REQUEST, ReplyClass.ADDRESS_REQUEST, arrived=True)
    if proposed is None:
        return Judgement(Verdict.TRIAGE, why=Why.UNCLEAR)
    return Judgement(Verdict.HUMAN, proposed, arrived=True)
