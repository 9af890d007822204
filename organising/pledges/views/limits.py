"""How many signatures are taken at once, and what is said to whoever has to wait.

By address, by network and by mail domain. Generous, since a stall, a school and half a town's phones may each share one
address, and a workplace one domain. What every signer of a large provider shares is no reason to wait.
"""

from math import ceil

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from ...platform.bursts import Window, seconds_to_wait
from ...platform.callers import caller_token, keyed, network_token
from ...platform.clock import now
from ...platform.flows import Mark
from ...platform.forms import Form
from ..mail_domains import is_large, owner_of

MINUTE, HOUR = 60, 3600
# At least so many in a minute and in an hour; see platform.bursts on why it is not exact.
ADDRESS = {MINUTE: 60, HOUR: 1_000}
NETWORK = {MINUTE: 600, HOUR: 6_000}
DOMAIN = {MINUTE: 120, HOUR: 1_200}


def find_wait(email: str | None = None, flow: str | None = None) -> int:
    """Count this request; the seconds that its sender has to wait, or 0 where it is taken.

    ``flow``: of what the sender's network is kept as one more part (:mod:`organising.platform.flows`).
    """
    if not current_app.config["RATELIMIT_ENABLED"]:
        return 0
    counted = [(caller_token(), ADDRESS), (network_token(), NETWORK)]
    domain = owner_of(email) if email else None
    if domain and not is_large(domain):
        counted.append((keyed("domain", domain), DOMAIN))
    return seconds_to_wait(
        [Window(token, most, seconds) for token, limits in counted for seconds, most in limits.items()],
        Mark(flow, network_token(), now()) if flow else None,
    )


def ask_to_wait(form: Form, seconds: int) -> dict[str, str]:
    """Have the form say what happened, until when, and that nothing is lost. Answers the headers that say it to programs.

    Which of the limits it was is not told: it would tell who else signs.
    """
    form.summary_title = ngettext(
        "Please wait a minute, then press the button again",
        "Please wait %(num)d minutes, then press the button again",
        ceil(seconds / MINUTE),
    )
    form.form_errors.extend(
        (
            _(
                "In a short time more came from your internet connection, or from email addresses at the same "
                "organisation, than we take at once. This keeps programs from signing in people’s names."
            ),
            _(
                "It need not be anything you did: everyone at a workplace, a school or a street stall can share one "
                "connection."
            ),
            _("Nothing is lost. What you typed is still here, and is sent when you press the button again."),
        )
    )
    return {"Retry-After": str(seconds)}
