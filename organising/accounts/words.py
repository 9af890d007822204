"""Roles in plain words, for pages and mail."""

from flask_babel import lazy_gettext as _l

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
