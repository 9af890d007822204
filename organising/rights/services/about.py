"""What Article 15(1) tells beside the data: what for, who receives it, how long it is kept, and which rights there are."""

from flask_babel import gettext as _
from flask_babel import ngettext

from organising.platform.actor import Actor
from organising.platform.people import Item, Section
from organising.platform.retention import KEPT_ALWAYS, RULES, days_of
from organising.rights.processing import list_processing, list_processors
from organising.safeguards.queries import find_standing


def tell_processing(actor: Actor) -> Section:
    """The section that stands before the data, from the configuration, agreement and retention of now."""
    told = (
        ("purposes", _("Why it is kept, and on which legal basis"), _purposes(actor)),
        ("recipients", _("Who receives it"), _recipients(actor)),
        ("retention", _("How long it is kept"), _retention()),
        ("rights", _("Your rights"), _rights(actor)),
    )
    return Section(
        _("How your data are used"), tuple(Item(f"about:{ref}", title, facts) for ref, title, facts in told)
    )


def _purposes(actor: Actor) -> tuple[tuple[str, str], ...]:
    terms = find_standing(actor.organisation_id, actor.campaign_id).obeyed.terms
    return tuple((one.name, f"{one.what} ({one.basis})") for one in list_processing(terms))


def _recipients(actor: Actor) -> tuple[tuple[str, str], ...]:
    return (
        (actor.organisation_name, _("Colleagues whose role lets them see people.")),
        (_("Partners in the coalition"), _("Only where you ticked a box that names them.")),
        (_("Your MP"), _("The letters that you send them.")),
        (_("Authorities"), _("Only where the law obliges us.")),
        (_("Whoever runs the server"), _("Stores it for us.")),
        *((one.what, f"{one.host}: {one.gets}") for one in list_processors()),
    )


def _retention() -> tuple[tuple[str, str], ...]:
    days = {name: days_of(name) for name in RULES}
    return (
        *(
            (RULES[name].what, ngettext("%(num)d day at most", "%(num)d days at most", number))
            for name, number in days.items()
        ),
        (_("What you agreed to get"), _("Until you say no.")),
        *((_("Kept always"), one) for one in KEPT_ALWAYS),
    )


def _rights(actor: Actor) -> tuple[tuple[str, str], ...]:
    return (
        (_("Ask us"), _("to correct it, erase it, keep it without using it, or stop using it.")),
        (_("Take back a yes"), _("at any time; what was done before stays lawful.")),
        (
            _("Complain"),
            _("to %(name)s, and to the Information Commissioner (ico.org.uk).", name=actor.organisation_name),
        ),
        (_("Decisions by a program alone"), _("are not made about you.")),
    )
