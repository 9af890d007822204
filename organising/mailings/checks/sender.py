"""Whether a mailing comes from, and is answered to, addresses that are known to be the organisation's own."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from .findings import Finding, Group, Page, Severity


def check_sender(
    reply_to: str, *, chosen: bool, confirmed: bool, answers_to: str | None, proven: bool
) -> Iterator[Finding]:
    """``chosen``: an own address is; ``answers_to``: where its answers go; ``proven``: that ``reply_to`` was."""
    if chosen and not confirmed:
        yield Finding(
            "sender_unconfirmed",
            Group.SENDER,
            _l("The address that this mailing comes from is not confirmed."),
            _l("Confirm it by the link that was mailed to it, or choose another sender."),
            Severity.STOPS,
            page=Page.SENDER,
        )
    elif chosen and reply_to != answers_to:
        yield Finding(
            "sender_answers",
            Group.SENDER,
            _l(
                "Answers would go to %(address)s, which is not where this sender’s answers go.",
                address=reply_to,
            ),
            _l("Choose the sender again, or one whose answers go there."),
            Severity.STOPS,
            page=Page.SENDER,
        )
    elif not chosen and not proven:
        yield Finding(
            "reply_to_unproven",
            Group.SENDER,
            _l(
                "Nobody has confirmed that %(address)s is read. Answers would go there.",
                address=reply_to,
            ),
            _l("Let an administrator add it to the senders, and confirm it by the link."),
            page=Page.SENDERS,
        )
