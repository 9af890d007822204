"""Roles in plain words, for pages and mail."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..platform.links import address_of_page
from ..platform.permissions import Role

ROLE_NAMES = {
    Role.COORDINATOR: _l("Campaign coordinator"),
    Role.DEPUTY: _l("Deputy coordinator"),
    Role.ADMIN: _l("Organisation admin"),
    Role.ORGANISER: _l("Organiser"),
    Role.OFFICER: _l("Branch officer"),
    Role.ANALYST: _l("Analyst"),
}

ROLE_TASKS = {
    Role.COORDINATOR: _l(
        "Runs the campaign: its asks, its partners, and the last word before anything is sent."
    ),
    Role.DEPUTY: _l("Stands in for the coordinator: signs off mailings and joint actions, but doesn’t send."),
    Role.ADMIN: _l("Looks after one organisation: its people, units, actions and mailings."),
    Role.ORGANISER: _l("Meets representatives, logs contacts, plans actions, drafts mailings."),
    Role.OFFICER: _l("Plans and reports the actions of one unit, and sees nothing else that is private."),
    Role.ANALYST: _l("Sees totals, never a person."),
}


def role_name(role: Role | str) -> str:
    """A role as people say it."""
    return str(ROLE_NAMES[Role(role)])


def notice_words(kind: str, organisation_name: str | None) -> tuple[str, str]:
    """Subject and text of the mail that tells an account's owner what became of it."""
    subject, told = {
        "second_factor_on": (
            _("The second step is on"),
            _("Signing in to Organising with this address now asks for a code from your phone too."),
        ),
        "second_factor_off": (
            _("The second step is off"),
            _("Signing in to Organising with this address no longer asks for a code from your phone."),
        ),
        "second_factor_reset": (
            _("Your second step was reset"),
            _(
                "%(who)s reset the second step of your account in Organising, and signed you out everywhere. "
                "You can sign in with your password, and set the second step up again on your account page.",
                who=organisation_name or _("Whoever runs this installation"),
            ),
        ),
        "recovery_code_used": (
            _("A recovery code was used"),
            _("One of your recovery codes for Organising was just used. It will not work again."),
        ),
    }[kind]
    advice = _(
        "If that was not you, or you did not ask for it, choose a new password at once and tell your admin:"
    )
    return subject, f"{told}\n\n{advice}\n\n{address_of_page('accounts.ask_reset')}"
