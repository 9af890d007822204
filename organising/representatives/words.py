"""What is kept about representatives, in the words of the pages."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from organising.representatives.models import ContactPreference

PREFERENCES: Mapping[str, LazyString] = {
    ContactPreference.EMAIL: _l("By email"),
    ContactPreference.WEB_FORM: _l("By its web form only"),
    ContactPreference.INVITATIONS: _l("Its address is for invitations only"),
    ContactPreference.NO_CIRCULARS: _l("No circulars: no letters that go to many"),
}
