"""Why somebody does not get an update, and what the states of its messages are called."""

from flask_babel import lazy_gettext as _l

from organising.mailings.states import DeliveryState as D

# Kept with the message, so that they read the same in any language's page.
WITHDRAWN = "withdrew their signature"
UNSUBSCRIBED = "asked for no more updates"
BOUNCED = "their address came back"
ERASED = "their details were erased"
NO_CONSENT = "did not agree to be emailed"

SPARED = {
    WITHDRAWN: _l("Withdrew their signature"),
    UNSUBSCRIBED: _l("Asked for no more updates"),
    BOUNCED: _l("Their address came back"),
    ERASED: _l("Their details were erased"),
    NO_CONSENT: _l("Did not agree to be emailed"),
}

HAPPENED = {
    D.QUEUED: _l("It has not left yet."),
    D.LEASED: _l("It is being made ready."),
    D.COMMITTED: _l("It is leaving at this moment."),
    D.ACCEPTED: _l("The mail server took it, and nothing has come back."),
    D.DEFERRED: _l("Their mail server asked us to come back later."),
    D.FAILED: _l("Their mail server refused it."),
    D.SUPPRESSED: _l("They changed their mind, or their address came back, before it left."),
    D.CANCELLED: _l("It was cancelled before it left."),
    D.UNCERTAIN: _l("It was handed over, and the answer was lost."),
    D.HELD: _l("It was handed over, and nobody knows whether it arrived."),
    D.BOUNCED: _l("It was taken at first, and came back."),
    D.REPLIED: _l("It arrived, and they have answered."),
}
