"""The settings as one, each read by the module of its subject."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path

from ..rates import Rate
from .addresses import (
    MEMBERS_API,
    read_database_url,
    read_members_api_url,
    read_postcodes_url,
    read_public_url,
    read_redis_url,
)
from .files import Bucket, Clamd, read_clamd, read_files_bucket
from .keys import read_installation_key, read_secret
from .mail import (
    ImapMailbox,
    SmtpServer,
    default_sender,
    read_discreet,
    read_inbound_imap,
    read_mail_hosts,
    read_mail_limits,
    read_return_domain,
    read_smtp,
)
from .reading import Mode, SettingsError, read_flag, read_log_level, read_mode, read_number


@dataclass(frozen=True)
class Settings:
    """Everything the product takes from its environment. See the table in the README."""

    mode: Mode
    secret_key: str
    installation_key: bytes
    database_url: str
    redis_url: str
    smtp: SmtpServer
    mail_from: str
    public_url: str
    data_dir: Path
    mail_catcher_dir: Path | None
    demo: bool
    trusted_proxies: int
    log_level: str
    postcodes_url: str | None = None
    members_api_url: str = MEMBERS_API
    mail_return_domain: str = "localhost.example"
    takes_returns: bool = False
    inbound_imap: ImapMailbox | None = None
    mail_limits: Mapping[str, Rate] = field(default_factory=dict)
    mail_hosts: tuple[str, ...] = ()
    discreet_from: str = ""
    discreet_subject: str = ""
    invented_people: bool = False
    files_bucket: Bucket | None = None
    files_quota: int = 2048 * 2**20
    clamd: Clamd | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Build the settings; raises :class:`SettingsError` for the first one that is bad or missing."""
        mode = read_mode(environ)
        demo = read_flag(environ, "ORGANISING_DEMO")
        if demo and mode is Mode.PRODUCTION:
            raise SettingsError(
                "ORGANISING_DEMO", "demo data and its known password are refused in production"
            )
        invented = read_flag(environ, "ORGANISING_INVENTED_PEOPLE")
        if invented and mode is Mode.PRODUCTION:
            raise SettingsError(
                "ORGANISING_INVENTED_PEOPLE", "is for demos and tests; in production people are real"
            )
        public_url = read_public_url(environ, mode)
        catcher = environ.get("ORGANISING_MAIL_CATCHER_DIR")
        mail_from = environ.get("MAIL_FROM") or default_sender(public_url)
        return cls(
            mode=mode,
            secret_key=read_secret(environ),
            installation_key=read_installation_key(environ),
            database_url=read_database_url(environ, "DATABASE_URL"),
            redis_url=read_redis_url(environ),
            smtp=read_smtp(environ),
            mail_from=mail_from,
            public_url=public_url,
            data_dir=Path(environ.get("ORGANISING_DATA_DIR") or "var"),
            mail_catcher_dir=Path(catcher) if catcher else None,
            demo=demo,
            trusted_proxies=read_number(environ, "TRUSTED_PROXIES", 0, 0, 5),
            log_level=read_log_level(environ),
            postcodes_url=read_postcodes_url(environ, mode),
            members_api_url=read_members_api_url(environ),
            mail_return_domain=read_return_domain(environ, mail_from),
            takes_returns=bool(environ.get("MAIL_RETURN_DOMAIN", "").strip()),
            inbound_imap=read_inbound_imap(environ),
            mail_limits=read_mail_limits(environ),
            mail_hosts=read_mail_hosts(environ),
            discreet_from=read_discreet(environ, "DISCREET_FROM") or parseaddr(mail_from)[1],
            discreet_subject=read_discreet(environ, "DISCREET_SUBJECT"),
            invented_people=demo or invented,
            files_bucket=read_files_bucket(environ, mode),
            files_quota=read_number(environ, "FILES_QUOTA_MB", 2048, 1, 10_000_000) * 2**20,
            clamd=read_clamd(environ),
        )
