"""Where the product stands, and where what it asks is: its own address, the database, the queue, two services."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from .reading import Mode, SettingsError, is_loopback, read_required

MEMBERS_API = "https://members-api.parliament.uk/api"


def normalise_database_url(url: str) -> str:
    """Turn ``postgres://`` and ``postgresql://`` into the form that names the psycopg driver.

    Raises ``ValueError`` for any other database: there is one engine, PostgreSQL.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise ValueError("must start with postgresql:// (the product runs on PostgreSQL only)")
    return f"postgresql+psycopg://{rest}"


def read_database_url(environ: Mapping[str, str], name: str) -> str:
    """The database, in the form that names its driver."""
    try:
        return normalise_database_url(read_required(environ, name))
    except ValueError as error:
        raise SettingsError(name, str(error)) from None


def read_redis_url(environ: Mapping[str, str]) -> str:
    """The server that queues stand on."""
    url = read_required(environ, "REDIS_URL")
    if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise SettingsError("REDIS_URL", "must start with redis://, rediss:// or unix://")
    return url


def read_public_url(environ: Mapping[str, str], mode: Mode) -> str:
    """The address under which everybody reaches the product."""
    url = read_required(environ, "PUBLIC_URL").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise SettingsError(
            "PUBLIC_URL", "must be an address such as https://campaign.example, without a path"
        )
    if mode is Mode.PRODUCTION and parts.scheme != "https" and not is_loopback(parts.hostname):
        raise SettingsError("PUBLIC_URL", "must be https:// in production")
    return url


def read_postcodes_url(environ: Mapping[str, str], mode: Mode) -> str | None:
    """Where to ask for postcodes that the loaded table does not have; empty asks nobody."""
    url = (environ.get("POSTCODES_URL") or "").rstrip("/")
    if not url:
        return None
    parts = urlsplit(url)
    try:
        port_is_bad = parts.port == 0
    except ValueError:
        port_is_bad = True
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or port_is_bad
        or parts.query
        or parts.username
    ):
        raise SettingsError(
            "POSTCODES_URL", "must be an address such as https://postcodes.example, without more"
        )
    if mode is Mode.PRODUCTION and parts.scheme != "https" and not is_loopback(parts.hostname):
        raise SettingsError(
            "POSTCODES_URL", "must be https:// in production, since people's postcodes go there"
        )
    return url


def read_members_api_url(environ: Mapping[str, str]) -> str:
    """Parliament's Members API, or a service that answers like it."""
    url = (environ.get("MEMBERS_API_URL") or MEMBERS_API).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
        raise SettingsError("MEMBERS_API_URL", "must be an address such as https://members.example/api")
    return url
