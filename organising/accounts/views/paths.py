"""Where to go after the door: only to a path of this site."""

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from ...platform.access import access_of
from ...platform.paths import own_path
from ...platform.permissions import GRANTS, Role

# Arguments whose rows every partner may open: facts about parliament.
SAME_FOR_ALL = frozenset({"person_id"})


def kept_path(role: Role) -> str | None:
    """The page a person came from, where it opens in another organisation too; ``None`` where it may not."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host:
        return None
    try:
        endpoint, arguments = current_app.url_map.bind(request.host).match(came_from.path, method="GET")
    except HTTPException:
        return None
    access = access_of(current_app, endpoint)
    if access is None or not SAME_FOR_ALL.issuperset(arguments):
        return None
    if access.permission is not None and access.permission not in GRANTS[role]:
        return None
    return own_path(came_from.path)
