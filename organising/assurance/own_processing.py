"""One organisation's own record of processing (Article 30), in sentences, from its settings as they are at this moment."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from ..platform.retention import days_of
from ..rights.processing import Processing, list_purposes
from ..safeguards.queries import Standing


def list_own_processing() -> list[Processing]:
    """The purposes of the session's organisation, with how long each is kept by its own setting."""
    contacts = _(
        "Contacts who agreed to nothing, and whom nobody was in touch with, go after %(idle)s days; archived contacts after %(archived)s days; imported files after %(files)s days.",
        idle=days_of("contacts.idle"),
        archived=days_of("contacts.archived"),
        files=days_of("contacts.import_files"),
    )
    return list_purposes(days_of, contacts)


def list_recipients() -> Sequence[str]:
    """To whom people's data go, in sentences."""
    return [
        _("MPs receive the letters that people write to them, with the writer’s name and address."),
        _("MPs and other decision-makers receive the organisation’s mailings, whose text colleagues write and sign off."),
        _("Other partners receive somebody’s details only where the person ticked a box that names them, or agreed to be introduced to them. They also read the directory of stakeholders."),
        _("Authorities receive nothing, unless two people of the organisation find that the law compels an answer about one named person."),
        _("Whoever runs the server is a processor, with whom you need a contract."),
    ]  # fmt: skip


def agreement_in_words(standing: Standing) -> str:
    """Whether the organisation said yes to the data agreement, and to which version."""
    newest = standing.newest.name
    if standing.is_current:
        return _("%(name)s is accepted.", name=newest)
    if standing.accepted:
        return _(
            "%(old)s is accepted; %(name)s, which is newer, is not yet.",
            old=standing.accepted.name,
            name=newest,
        )
    return _("%(name)s is proposed, and not accepted yet.", name=newest)


def list_measures(without_factor: int) -> list[tuple[str, str]]:
    """Each risk with what is done against it."""
    if not without_factor:
        factor = _("Everybody whose role sees people signs in with a second factor.")
    else:
        factor = ngettext(
            "A second factor is asked of every role that sees people before the organisation goes live; %(num)d person has none yet.",
            "A second factor is asked of every role that sees people before the organisation goes live; %(num)d people have none yet.",
            without_factor,
        )
    return [
        (_("A partner reads another’s people"), _("The database itself keeps each organisation’s rows from every other; no role of the product may read across.")),
        (_("The database is stolen"), _("Contact details, notes and letters are encrypted with a key for each organisation. Names and postcodes are not.")),
        (_("A password is guessed"), factor),
        (_("A list leaves in somebody’s bag"), _("The data agreement says who may take a list out, what for and how long it may be. Each file is in the exports log.")),
        (_("An authority asks"), _("Each request is refused unless two people approve an answer, each concerns one person, and the counts are public.")),
        (_("Small numbers give somebody away"), _("Totals under ten are not told to the public, and others are rounded.")),
        (_("Whoever runs the server looks"), _("They hold the installation’s key and could read. No software changes that; agree with them in writing.")),
    ]  # fmt: skip
