"""One organisation's own record of processing (Article 30), in sentences, from its settings as they are at this moment."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from ..platform.retention import days_of
from ..rights.processing import Processing
from ..safeguards.queries import Standing


def list_own_processing() -> list[Processing]:
    """The purposes of the session's organisation, with how long each is kept by its own setting."""
    return [*_campaigning(), *_sending(), *_running()]


def _campaigning() -> list[Processing]:
    return [
        Processing(
            _("Signing a pledge"),
            _("People who sign"),
            _("Name, email address and postcode; sector and workplace if they say so. That they signed tells of an opinion."),
            _("Explicit consent (Articles 6(1)(a) and 9(2)(a))"),
            _(
                "A signature that nobody confirms is erased after %(unconfirmed)s days. The details of signers who want no news go after %(details)s days, and those of others when they say no.",
                unconfirmed=days_of("pledges.unconfirmed"),
                details=days_of("pledges.details"),
            ),
        ),
        Processing(
            _("Pledges on paper"),
            _("People who sign on paper"),
            _("What they wrote on the sheet, and a photograph of the sheet."),
            _("Explicit consent (Articles 6(1)(a) and 9(2)(a))"),
            _(
                "Photographs of a sheet are deleted %(days)s days after its batch was accepted. What was typed from it is kept like any other signature.",
                days=days_of("pledges.scans"),
            ),
        ),
        Processing(
            _("Letters to MPs"),
            _("People who write to their MP"),
            _("Name, postal and email address, postcode, and the letter. Staff read no letter."),
            _("Explicit consent (Articles 6(1)(a) and 9(2)(a))"),
            _(
                "A letter that nobody confirms is erased after %(unconfirmed)s days. Text and street go %(text)s days after it has left, name, email address and postcode after %(details)s days.",
                unconfirmed=days_of("letters.unconfirmed"),
                text=days_of("letters.texts"),
                details=days_of("letters.details"),
            ),
        ),
        Processing(
            _("Events"),
            _("People who sign up for an event"),
            _("Name and email address; the postcode where they meet their MP; whether they came."),
            _("Explicit consent (Articles 6(1)(a) and 9(2)(a))"),
            _(
                "What nobody confirms is deleted after %(unconfirmed)s days, everybody else %(days)s days after the event. Numbers stay.",
                unconfirmed=days_of("attendance.unconfirmed"),
                days=days_of("attendance.people"),
            ),
        ),
        Processing(
            _("Tasks at actions"),
            _("Stewards, speakers and others by name"),
            _("Name, the task, a note on when."),
            _("Legitimate interest (Article 6(1)(f)): who does what on the day has to be known"),
            _("Names go %(days)s days after the action.", days=days_of("actions.names")),
        ),
        Processing(
            _("Contacts"),
            _("Supporters, members, volunteers, press and officials"),
            _("Name, contact details, workplace, language, notes, and what they agreed to. Immigration status is never kept."),
            _("Consent or legitimate interest, by purpose; explicit consent for union membership and opinions"),
            _(
                "Contacts who agreed to nothing, and whom nobody was in touch with, go after %(idle)s days; archived contacts after %(archived)s days; imported files after %(files)s days.",
                idle=days_of("contacts.idle"),
                archived=days_of("contacts.archived"),
                files=days_of("contacts.import_files"),
            ),
        ),
    ]  # fmt: skip


def _sending() -> list[Processing]:
    return [
        Processing(
            _("Mailings to MPs and other decision-makers"),
            _("MPs, peers, police and crime commissioners, and others in public office"),
            _("Name, office and its published contact details; what they were sent, what they answered, where they stand and what they promised."),
            _("Legitimate interest: to speak with those who decide about what they do in office"),
            _(
                "The words of their replies go after %(days)s days. The log of contact with them, their positions and promises stay.",
                days=days_of("replies.words"),
            ),
        ),
        Processing(
            _("Directory of stakeholders"),
            _("People in a public role: MPs’ staff, journalists, officials, other campaigns"),
            _("Name, role, employer, contact details of the role, where the role is public, and a short log of headlines. All partners read it."),
            _("Legitimate interest: to coordinate who speaks with whom"),
            _("They are kept until a partner takes them out, or they ask for it; then a keyed hash keeps them from being written down again."),
        ),
    ]  # fmt: skip


def _running() -> list[Processing]:
    return [
        Processing(
            _("Requests about people’s own data"),
            _("People who ask for a copy, a correction, erasure, or that something stops"),
            _("Name, email address, what they ask, how their identity was made sure of, and the answer."),
            _("Legal obligation (Articles 12 to 22)"),
            _(
                "A request that nobody confirms is erased after %(unconfirmed)s days. Details of the others go %(days)s days after they were closed.",
                unconfirmed=days_of("rights.unconfirmed"),
                days=days_of("rights.details"),
            ),
        ),
        Processing(
            _("People who work here"),
            _("Members of the organisation"),
            _("Name, email address, and what they did (audit log)."),
            _("Legitimate interest: who did what has to be known"),
            _("Their accounts are kept while they are members. The audit log stays."),
        ),
    ]


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
