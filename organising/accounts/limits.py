"""How often one address may knock: sign-in, reset and acceptance.

Counted in Redis; in memory while it is away.
"""

import hashlib
import hmac
from ipaddress import IPv6Address, ip_address

from flask import Flask, current_app, request
from flask_babel import gettext as _
from flask_limiter import Limiter


def _too_fast() -> str:
    return _("That was tried too often from your connection. Wait a few minutes, then try again.")


def _caller() -> str:
    """A keyed hash of the caller's address (its /64 for IPv6): enough to count by, and no address is kept."""
    address = ip_address(request.remote_addr or "::")
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        address = IPv6Address(int(address) >> 64 << 64)
    key: str = current_app.config["SECRET_KEY"]
    return hmac.new(key.encode(), f"limits:{address}".encode(), hashlib.sha256).hexdigest()[:32]


limiter = Limiter(_caller, key_prefix="organising", in_memory_fallback_enabled=True, swallow_errors=True)

# Shared by the doors below, so that one can't be used when another is closed. A branch may sit behind one
# address.
knocking = limiter.shared_limit(
    "20 per minute; 200 per hour", "doors", methods=["POST"], error_message=_too_fast
)

# A school or a stall may sign behind one address, and many do in the hour after a broadcast.
signing = limiter.shared_limit(
    "60 per minute; 1000 per hour", "signing", methods=["POST"], error_message=_too_fast
)


def init_limits(app: Flask) -> None:
    """Count in the application's Redis. Tests are not counted unless they set RATELIMIT_ENABLED first."""
    url = app.config["SETTINGS"].redis_url
    app.config["RATELIMIT_STORAGE_URI"] = f"redis+{url}" if url.startswith("unix://") else url
    app.config.setdefault("RATELIMIT_ENABLED", not app.testing)
    limiter.init_app(app)
