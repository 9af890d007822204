"""The application: the only file that knows every domain."""

from collections.abc import Mapping
from os import environ

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from .accounts import audit_words as account_words
from .accounts import jobs as account_jobs
from .accounts import views as accounts
from .accounts.queries import load_signed_in
from .actions import audit_words as action_words
from .actions import held as action_held
from .actions import jobs as action_jobs
from .actions import views as actions
from .assurance import audit_words as assurance_words
from .assurance import held as assurance_held
from .assurance import views as assurance
from .attendance import audit_words as attendance_words
from .attendance import held as attendance_held
from .attendance import jobs as attendance_jobs
from .attendance import views as attendance
from .calendars import audit_words as calendar_words
from .calendars import held as calendar_held
from .calendars import views as calendars
from .calls import audit_words as call_words
from .calls import held as call_held
from .calls import jobs as call_jobs
from .calls import views as calls
from .config import Mode, Settings
from .contacts import audit_words as contact_words
from .contacts import held as contact_held
from .contacts import jobs as contact_jobs
from .contacts import views as contacts
from .files import audit_words as file_words
from .files import held as file_held
from .files import jobs as file_jobs
from .files import looks as file_looks
from .files import views as files
from .letters import audit_words as letter_words
from .letters import held as letter_held
from .letters import jobs as letter_jobs
from .letters import views as letters
from .lobbying import audit_words as lobbying_words
from .lobbying import digest_jobs, parliament_jobs
from .lobbying import held as lobbying_held
from .lobbying import jobs as lobbying_jobs
from .lobbying import views as lobbying
from .mailings import asking_jobs, identity_jobs
from .mailings import audit_words as mailing_words
from .mailings import held as mailing_held
from .mailings import jobs as mailing_jobs
from .mailings import views as mailings
from .mailings.incoming import jobs as incoming_jobs
from .motions import audit_words as motion_words
from .motions import held as motion_held
from .motions import jobs as motion_jobs
from .motions import views as motions
from .operations import audit_words as operation_words
from .operations import views as operations
from .organisations import audit_words as organisation_words
from .organisations import held as organisation_held
from .organisations import jobs as organisation_jobs
from .organisations import views as organisations
from .outreach import audit_words as outreach_words
from .outreach import held as outreach_held
from .outreach import jobs as outreach_jobs
from .outreach import views as outreach
from .pages import views as pages
from .pages.scope import init_scope
from .platform.access import init_access, undeclared_endpoints
from .platform.backup import records as backup_records
from .platform.db import init_database
from .platform.forgery import init_forgery, release_tokenless
from .platform.languages import init_languages
from .platform.logging import configure_logging
from .platform.places import shipped
from .platform.queue import connect
from .platform.ui import init_ui
from .platform.web import init_web
from .pledges import alert_jobs, drive_jobs, sign_on_jobs
from .pledges import audit_words as pledge_words
from .pledges import held as pledge_held
from .pledges import jobs as pledge_jobs
from .pledges import views as pledges
from .representatives import audit_words as representative_words
from .representatives import held as representative_held
from .representatives import jobs as representative_jobs
from .representatives import views as representatives
from .rights import audit_words as rights_words
from .rights import held as rights_held
from .rights import jobs as rights_jobs
from .rights import views as rights
from .safeguards import audit_words as safeguard_words
from .sharing import audit_words as sharing_words
from .sharing import held as sharing_held
from .sharing import jobs as sharing_jobs
from .sharing import views as sharing
from .statements import audit_words as statement_words
from .statements import held as statement_held
from .statements import jobs as statement_jobs
from .statements import views as statements
from .tasks import audit_words as task_words
from .tasks import held as task_held
from .tasks import views as tasks
from .updates import audit_words as update_words
from .updates import held as update_held
from .updates import jobs as update_jobs
from .updates import views as updates

# In the order in which domains stand.
VIEWS = (
    accounts,
    files,
    organisations,
    tasks,
    representatives,
    contacts,
    lobbying,
    sharing,
    pledges,
    actions,
    motions,
    calendars,
    calls,
    mailings,
    statements,
    letters,
    updates,
    assurance,
    outreach,
    attendance,
    rights,
    pages,
    operations,
)
# Imported so that their jobs and sweeps are known.
JOBS = (
    account_jobs,
    file_jobs,
    organisation_jobs,
    representative_jobs,
    contact_jobs,
    lobbying_jobs,
    parliament_jobs,
    digest_jobs,
    sharing_jobs,
    pledge_jobs,
    drive_jobs,
    sign_on_jobs,
    alert_jobs,
    action_jobs,
    motion_jobs,
    call_jobs,
    mailing_jobs,
    asking_jobs,
    incoming_jobs,
    identity_jobs,
    statement_jobs,
    letter_jobs,
    update_jobs,
    outreach_jobs,
    attendance_jobs,
    rights_jobs,
)
# Imported so that the rights desk knows what each domain holds of people.
HELD = (
    file_held,
    organisation_held,
    task_held,
    representative_held,
    contact_held,
    lobbying_held,
    pledge_held,
    action_held,
    motion_held,
    calendar_held,
    call_held,
    mailing_held,
    statement_held,
    letter_held,
    update_held,
    outreach_held,
    attendance_held,
    assurance_held,
    sharing_held,
    rights_held,
)
# Imported so that the doctor looks at what they bring.
LOOKS = (file_looks,)
# Imported so that the audit log has words for what each domain records.
AUDIT_WORDS = (
    account_words,
    safeguard_words,
    file_words,
    organisation_words,
    task_words,
    representative_words,
    contact_words,
    lobbying_words,
    sharing_words,
    pledge_words,
    action_words,
    motion_words,
    calendar_words,
    call_words,
    mailing_words,
    statement_words,
    letter_words,
    update_words,
    outreach_words,
    attendance_words,
    assurance_words,
    rights_words,
    operation_words,
)
# Imported so that their tables are known.
TABLES = (backup_records,)


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
    app.extensions["organising.redis"] = connect(settings.redis_url)
    protection = init_forgery(app)
    init_access(app, load_signed_in)
    init_languages(app)
    init_web(app)
    init_ui(app)
    for views in VIEWS:
        app.register_blueprint(views.blueprint)
    release_tokenless(app, protection)
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
