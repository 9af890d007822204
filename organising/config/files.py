"""Where files are kept, and who looks for viruses in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import parse_qs, unquote, urlsplit

from .reading import Mode, is_loopback, read_parsed


@dataclass(frozen=True)
class Bucket:
    """Where files are kept on S3-compatible storage. ``prefix`` ends with a slash, or is empty."""

    endpoint: str
    name: str
    prefix: str
    access_key: str
    secret_key: str = field(repr=False)
    region: str
    secure: bool

    @classmethod
    def parse(cls, url: str, *, plain_allowed: bool) -> "Bucket":
        """Read ``s3://KEY:SECRET@host[:port]/bucket[/prefix][?region=eu-west-2&tls=no]``.

        Raises ``ValueError`` with the reason.
        """
        parts = urlsplit(url)
        if parts.scheme != "s3":
            raise ValueError("must start with s3://")
        if not parts.hostname or not parts.username or not parts.password:
            raise ValueError("must name key, secret and host")
        name, _, prefix = parts.path.strip("/").partition("/")
        if not name:
            raise ValueError("names no bucket")
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        secure = options.get("tls", "yes") != "no"
        if not secure and not plain_allowed and not is_loopback(parts.hostname):
            raise ValueError("tls=no would send signed requests in clear; it is for this machine only")
        return cls(
            endpoint=f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname,
            name=name,
            prefix=f"{prefix}/" if prefix else "",
            access_key=unquote(parts.username),
            secret_key=unquote(parts.password),
            region=options.get("region", "us-east-1"),
            secure=secure,
        )


@dataclass(frozen=True)
class Clamd:
    """The virus scanner: ``host`` and ``port``, or the ``path`` of its socket."""

    host: str
    port: int
    path: str | None = None

    @classmethod
    def parse(cls, url: str) -> "Clamd":
        """Read ``tcp://host[:port]`` or ``unix:///path``. Raises ``ValueError`` with the reason."""
        parts = urlsplit(url)
        if parts.scheme == "unix" and parts.path.startswith("/"):
            return cls("", 0, parts.path)
        if parts.scheme != "tcp" or not parts.hostname:
            raise ValueError("must be tcp://host:3310 or unix:///path/of/its/socket")
        return cls(parts.hostname, parts.port or 3310)


def read_files_bucket(environ: Mapping[str, str], mode: Mode) -> Bucket | None:
    """Where files are kept; in the data directory where it is not named."""
    return read_parsed(environ, "FILES_URL", partial(Bucket.parse, plain_allowed=mode is not Mode.PRODUCTION))


def read_clamd(environ: Mapping[str, str]) -> Clamd | None:
    """The virus scanner; none where it is not named."""
    return read_parsed(environ, "CLAMD_URL", Clamd.parse)
