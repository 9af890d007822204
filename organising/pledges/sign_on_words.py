"""States of an organisation's sign-on in the words of staff's pages."""

from flask_babel import gettext as _

from .sign_on_states import SignOnState

TONES = {
    SignOnState.INVITED: "info",
    SignOnState.INTERNAL_APPROVAL: "warn",
    SignOnState.SIGNED: "info",
    SignOnState.PUBLISHED: "good",
}


def state_words() -> dict[str, str]:
    """Each state in a word or two."""
    return {
        SignOnState.NONE: _("Not asked yet"),
        SignOnState.INVITED: _("Asked to sign"),
        SignOnState.INTERNAL_APPROVAL: _("Waits for approval inside"),
        SignOnState.SIGNED: _("Signed, not on the public list"),
        SignOnState.PUBLISHED: _("On the public list"),
        SignOnState.DECLINED: _("Does not sign"),
        SignOnState.WITHDRAWN: _("Took its name back"),
        SignOnState.REPLACED: _("Signed again"),
    }


def why_not_public(status_may: bool, drive_status: str) -> str:
    """Why what was signed is not on the public list, in a sentence."""
    if not status_may:
        return _("Only members of the coalition and its lead are published. The coordinator sets who is one.")
    if drive_status == "draft":
        return _("The list becomes public when the pledge opens.")
    return _("This pledge has no public page any more.")
