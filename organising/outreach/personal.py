"""Words of the pages that people see of their own, in every language of the public."""

from flask_babel import lazy_gettext as _l

from organising.contacts.models import ConsentChannel, ConsentPurpose

ABOUT = {
    ConsentPurpose.NEWS: _l("News of the campaigns"),
    ConsentPurpose.INVITATIONS: _l("Invitations to actions and events"),
    ConsentPurpose.FUNDRAISING: _l("Asking for money"),
}
WAYS = {
    ConsentChannel.EMAIL: _l("By email"),
    ConsentChannel.PHONE: _l("By phone"),
    ConsentChannel.TEXT: _l("By text message"),
    ConsentChannel.POST: _l("By post"),
}
ON_RECORD = {
    ConsentPurpose.UNION_MEMBERSHIP: _l("A record that you belong to a trade union"),
    ConsentPurpose.OPINIONS: _l("A record of your political opinions as you told them"),
}
