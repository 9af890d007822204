"""The application: the only file that knows every domain."""

from collections.abc import Mapping
from os import environ

from flask import Flask
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from redis import Redis
from werkzeug.middleware.proxy_fix import ProxyFix

from .accounts import jobs as account_jobs
from .accounts import views as accounts
from .accounts.queries import load_signed_in
from .actions import jobs as action_jobs
from .actions import views as actions
from .config import Mode, Settings
from .letters import jobs as letter_jobs
from .letters import views as letters
from .lobbying import digest_jobs, parliament_jobs
from .lobbying import jobs as lobbying_jobs
from .lobbying import views as lobbying
from .mailings import asking_jobs, identity_jobs
from .mailings import jobs as mailing_jobs
from .mailings import views as mailings
from .mailings.incoming import jobs as incoming_jobs
from .organisations import jobs as organisation_jobs
from .organisations import views as organisations
from .pages import views as pages
from .pages.scope import init_scope
from .platform.access import init_access, undeclared_endpoints
from .platform.db import init_database
from .platform.logging import configure_logging
from .platform.places import shipped
from .platform.ui import init_ui
from .platform.web import init_web
from .pledges import jobs as pledge_jobs
from .pledges import views as pledges
from .representatives import jobs as representative_jobs
from .representatives import views as representatives

# In the order in which domains stand.
VIEWS = (accounts, organisations, representatives, lobbying, pledges, actions, mailings, letters, pages)
# Imported so that their jobs and sweeps are known.
JOBS = (
    account_jobs,
    organisation_jobs,
    representative_jobs,
    lobbying_jobs,
    parliament_jobs,
    digest_jobs,
    pledge_jobs,
    action_jobs,
    mailing_jobs,
    asking_jobs,
    incoming_jobs,
    identity_jobs,
    letter_jobs,
)


def create_app(environment: Mapping[str, str] = environ) -> Flask:
    """Build the application from its environment. Raises ``SettingsError`` naming a bad or missing setting."""
    settings = Settings.from_environment(environment)
    configure_logging(settings.log_level)
    app = Flask(
        "organising",
        template_folder=str(shipped("templates")),
        static_folder="static",
        static_url_path="/static",
    )
    _configure(app, settings)
    init_database(app, settings)
    app.extensions["organising.redis"] = Redis.from_url(
        settings.redis_url, socket_connect_timeout=2, health_check_interval=30
    )
    CSRFProtect(app)
    Babel(app, default_locale="en", default_timezone="Europe/London")
    init_access(app, load_signed_in)
    init_web(app)
    init_ui(app)
    for views in VIEWS:
        app.register_blueprint(views.blueprint)
    init_scope(app)
    _check_declarations(app, settings)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    secure = settings.public_url.startswith("https://")
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="organising",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        PERMANENT_SESSION_LIFETIME=30 * 86_400,
        MAX_CONTENT_LENGTH=16 * 2**20,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        WTF_CSRF_SSL_STRICT=secure,
        TESTING=settings.mode is Mode.TEST,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]


def _check_declarations(app: Flask, settings: Settings) -> None:
    missing = undeclared_endpoints(app)
    if missing and settings.mode is Mode.TEST:
        raise RuntimeError(f"endpoints without @requires, @signed_in or @public: {', '.join(missing)}")
