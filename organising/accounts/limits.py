"""How often one address may knock: sign-in, reset and acceptance.

Counted in Redis; in memory while it is away.
"""

from flask import Flask
from flask_babel import gettext as _
from flask_limiter import Limiter

from ..platform.callers import caller_token


def _too_fast() -> str:
    return _("That was tried too often from your connection. Wait a few minutes, then try again.")


limiter = Limiter(caller_token, key_prefix="organising", in_memory_fallback_enabled=True, swallow_errors=True)

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
