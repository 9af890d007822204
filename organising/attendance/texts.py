"""Words that are kept with a sign-up or shown with it: consent in its exact wording, and limits."""

from flask_babel import gettext as _

# Counted up whenever :func:`consent` says something else; kept with each sign-up beside the words themselves.
CONSENT_VERSION = 1
# An unconfirmed sign-up goes after so many days; everybody's, so many days after the action is over.
UNCONFIRMED_DAYS = 7
KEPT_DAYS = 30
# Whoever types another’s address fills no mailbox: so many confirmation mails an address, organisation and day.
MOST_MAILS_A_DAY = 6


def consent(organisation: str, *, meets_members: bool) -> str:
    """The explicit consent that signing up gives (special-category data: what one believes politically)."""
    if meets_members:
        return str(
            _(
                "I agree that %(organisation)s keeps my name, email address and postcode to organise this event, to put me "
                "into a meeting with my MP, and to write to me about it. I know that it says something about my political "
                "beliefs. I can take it back at any time.",
                organisation=organisation,
            )
        )
    return str(
        _(
            "I agree that %(organisation)s keeps my name and email address to organise this event and to write to me about "
            "it. I know that it says something about my political beliefs. I can take it back at any time.",
            organisation=organisation,
        )
    )
