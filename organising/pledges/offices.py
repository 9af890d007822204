"""What an elected representative was when they signed, in the reader's language."""

from flask_babel import gettext as _

from .models.representatives import K


def office_labels() -> dict[str, str]:
    """Each elected office in a word or a few."""
    return {
        K.MP: _("MP"),
        K.MSP: _("Member of the Scottish Parliament"),
        K.MS: _("Member of the Senedd"),
        K.MLA: _("Member of the Northern Ireland Assembly"),
        K.PCC: _("Police and crime commissioner"),
        K.MAYOR: _("Mayor"),
        K.COUNCILLOR: _("Councillor"),
    }
