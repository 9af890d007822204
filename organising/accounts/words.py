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


def officer_link_words(unit_name: str, organisation_name: str, link: str, code: str) -> str:
    """The mail by which a branch officer signs in."""
    return _(
        "You asked to sign in to Organising as an officer of %(unit)s (%(organisation)s).\n\n"
        "Open this page within 15 minutes and press “Sign in”:\n\n%(link)s\n\n"
        "Or type this code on the page where you asked:\n\n%(code)s\n\n"
        "Either works once. If it wasn’t you, do nothing, and tell the code to nobody.",
        unit=unit_name,
        organisation=organisation_name,
        link=link,
        code=f"{code[:3]} {code[3:]}",
    )


SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
           ("Mac OS X", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"))  # fmt: skip
BROWSERS = (("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("EdgA/", "Edge"), ("Edg/", "Edge"),
            ("SamsungBrowser", "Samsung Internet"), ("Chrome/", "Chrome"), ("CriOS", "Chrome"), ("Safari/", "Safari"))  # fmt: skip


def device_words(agent: str) -> str:
    """A device as its owner knows it: browser and system, no version by which somebody could be told apart."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    if browser and system:
        return f"{browser}, {system}"
    return browser or system or "?"
