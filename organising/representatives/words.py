"""What is kept about representatives, in the words of the pages."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from organising.representatives.models import AreaKind, ContactPreference

PREFERENCES: Mapping[str, LazyString] = {
    ContactPreference.EMAIL: _l("By email"),
    ContactPreference.WEB_FORM: _l("By its web form only"),
    ContactPreference.INVITATIONS: _l("Its address is for invitations only"),
    ContactPreference.NO_CIRCULARS: _l("No circulars: no letters that go to many"),
}

AREA_KINDS: Mapping[str, LazyString] = {
    AreaKind.WESTMINSTER: _l("Constituency"),
    AreaKind.SCOTTISH: _l("Scottish Parliament seat"),
    AreaKind.SENEDD: _l("Senedd seat"),
    AreaKind.NI_ASSEMBLY: _l("Northern Ireland Assembly seat"),
    AreaKind.LOCAL_AUTHORITY: _l("Council"),
    AreaKind.POLICE_FORCE: _l("Police force"),
    AreaKind.ICB: _l("Health board"),
}


def area_kind_words(kind: str) -> str:
    """What a kind of area is called; nothing where it goes without saying."""
    return str(AREA_KINDS.get(kind, ""))
