"""Short addresses, as a person types them for a public page."""

import re

from .errors import Invalid

SLUG = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")


def check_slug(slug: str) -> None:
    """Raise :class:`Invalid` for anything but small letters, numbers and single hyphens between them."""
    if not SLUG.match(slug):
        raise Invalid("Write the short address in small letters, numbers and hyphens.")
