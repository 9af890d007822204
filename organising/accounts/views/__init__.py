"""The door and what is behind it: sign-in, reset, invitations, one's own account."""

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState

from ..limits import init_limits

blueprint = Blueprint("accounts", __name__)


@blueprint.record_once
def _count_knocks(state: BlueprintSetupState) -> None:
    assert isinstance(state.app, Flask)
    init_limits(state.app)


from . import account, door, invitation, officer_link, second_factor, second_step  # noqa: E402, F401 - they register their routes on the blueprint
