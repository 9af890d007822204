"""Mail to contacts in words: for what, on which basis, who is left out and why, and what is kept with a message."""

from flask_babel import lazy_gettext as _l

from organising.contacts.models import ConsentPurpose

from .models import Basis, LeftOut, RequestState

# Kept with the message, so that they read the same in any language's page. The first two stand in migration 0057 too.
ERASED = "their details were erased"
ASKED_NO_MORE = "asked for no more"
BOUNCED = "their address came back"
NO_CONSENT = "did not agree to be emailed"
PUT_AWAY = "the contact was put away"
NO_ADDRESS = "their address was changed or taken away"
NO_SOFT_OPT_IN = "only a yes counts now"
WRITTEN_LATELY = "got an email lately"

SPARED = {
    ERASED: _l("Their details were erased"),
    ASKED_NO_MORE: _l("Asked for no more"),
    BOUNCED: _l("Their address came back"),
    NO_CONSENT: _l("Did not agree to be emailed"),
    PUT_AWAY: _l("The contact was put away"),
    NO_ADDRESS: _l("Their address was changed or taken away"),
    NO_SOFT_OPT_IN: _l("Only a yes counts now"),
    WRITTEN_LATELY: _l("Got an email from you lately"),
}
LEFT_OUT = {
    LeftOut.NOT_ASKED: _l("Left out: nobody asked them"),
    LeftOut.SAID_NO: _l("Left out: said no, or asked for no more"),
    LeftOut.SUPPORTER_ONLY: _l("Left out: did not refuse, but said no yes either"),
    LeftOut.NO_EMAIL: _l("Left out: no email address"),
    LeftOut.BOUNCED: _l("Left out: their address came back"),
    LeftOut.SAME_MAILBOX: _l("Left out: somebody else with the same address gets it"),
    LeftOut.WRITTEN_LATELY: _l("Left out: got an email from you lately"),
}
KINDS = {
    ConsentPurpose.NEWS: _l("Newsletter"),
    ConsentPurpose.INVITATIONS: _l("Invitation"),
    ConsentPurpose.FUNDRAISING: _l("Asking for money"),
}
BASES = {
    Basis.CONSENT: _l("Only who said yes"),
    Basis.SOFT_OPT_IN: _l("Who said yes, and supporters who did not refuse (charities’ soft opt-in)"),
}
# In the footer of each message, to whoever said yes…
REASONS = {
    ConsentPurpose.NEWS: _l("You get this because you agreed that %(organisation)s emails you news."),
    ConsentPurpose.INVITATIONS: _l(
        "You get this because you agreed that %(organisation)s emails you invitations."
    ),
    ConsentPurpose.FUNDRAISING: _l(
        "You get this because you agreed that %(organisation)s asks you for money by email."
    ),
}
# … and to a charity's supporter who did not refuse.
SUPPORTED = {
    ConsentPurpose.NEWS: _l(
        "You get this news because you support the work of %(organisation)s and did not ask to be left out."
    ),
    ConsentPurpose.INVITATIONS: _l(
        "You get this invitation because you support the work of %(organisation)s and did not ask to be left out."
    ),
    ConsentPurpose.FUNDRAISING: _l(
        "You get this because you support the work of %(organisation)s and did not ask to be left out."
    ),
}
ANSWERS = {
    RequestState.PENDING: _l("not answered yet"),
    RequestState.CONFIRMED: _l("they said yes"),
    RequestState.DISOWNED: _l("they said that it was not them; this address is not written to again"),
}
