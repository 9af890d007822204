"""A bad or missing setting stops the boot and is named."""

import base64

import pytest

from organising.config import Settings, SettingsError, SmtpServer, normalise_database_url

GOOD = {
    "ORGANISING_MODE": "production",
    "SECRET_KEY": "s" * 40,
    "ORGANISING_INSTALLATION_KEY": base64.b64encode(b"k" * 32).decode(),
    "DATABASE_URL": "postgres://app:pw@db/organising",
    "REDIS_URL": "redis://queue/0",
    "SMTP_URL": "smtp://relay.example:587?security=starttls",
    "PUBLIC_URL": "https://campaign.example",
}


def test_a_whole_environment_is_read():
    settings = Settings.from_environment(GOOD)
    assert settings.database_url == "postgresql+psycopg://app:pw@db/organising"
    assert settings.smtp == SmtpServer("relay.example", 587, None, None, "starttls", 20)
    assert settings.mail_from == "organising@campaign.example"


def test_bounces_come_back_to_the_domain_of_the_sender_unless_another_is_named():
    assert Settings.from_environment(GOOD).mail_return_domain == "campaign.example"
    named = GOOD | {"MAIL_FROM": "Us <hello@Mail.Example>"}
    assert Settings.from_environment(named).mail_return_domain == "mail.example"
    named |= {"MAIL_RETURN_DOMAIN": "Back.Campaign.example."}
    assert Settings.from_environment(named).mail_return_domain == "back.campaign.example"


def test_organisations_send_through_the_hosts_that_are_named_and_through_none_by_default():
    assert Settings.from_environment(GOOD).mail_hosts == ()
    named = GOOD | {"MAIL_HOSTS": "Mail.NEU.example, .praxis.example:587 127.0.0.1"}
    assert Settings.from_environment(named).mail_hosts == (
        "mail.neu.example",
        ".praxis.example:587",
        "127.0.0.1",
    )


@pytest.mark.parametrize("name", [n for n in GOOD if n != "ORGANISING_MODE"])
def test_production_has_no_default_for_what_matters(name):
    with pytest.raises(SettingsError, match=f"^{name}: missing"):
        Settings.from_environment({k: v for k, v in GOOD.items() if k != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ORGANISING_MODE", "staging"),
        ("MAIL_HOSTS", "mail"),
        ("MAIL_HOSTS", "mail.neu.example smtp://mail.neu.example"),
        ("MAIL_HOSTS", "mail.neu.example:0"),
        ("MAIL_HOSTS", "*"),
        ("MAIL_RETURN_DOMAIN", "localhost"),
        ("MAIL_RETURN_DOMAIN", "us@campaign.example"),
        ("MAIL_RETURN_DOMAIN", "a b.example"),
        ("MAIL_RETURN_DOMAIN", ".".join(["long" * 12] * 5)),
        ("SECRET_KEY", "short"),
        ("ORGANISING_INSTALLATION_KEY", "not base64!"),
        ("ORGANISING_INSTALLATION_KEY", base64.b64encode(b"few").decode()),
        ("DATABASE_URL", "sqlite:///x.db"),
        ("REDIS_URL", "http://queue"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://relay.example?connections=0"),
        ("SMTP_URL", "http://relay.example"),
        ("PUBLIC_URL", "http://campaign.example"),
        ("PUBLIC_URL", "campaign.example"),
        ("TRUSTED_PROXIES", "many"),
        ("LOG_LEVEL", "loud"),
        ("POSTCODES_URL", "postcodes.example"),
        ("POSTCODES_URL", "http://postcodes.example"),
        ("POSTCODES_URL", "https://postcodes.example:none"),
        ("POSTCODES_URL", "https://someone@postcodes.example"),
        ("ORGANISING_DEMO", "yes"),
        ("ORGANISING_DEMO", "perhaps"),
    ],
)
def test_a_bad_value_is_named(name, value):
    with pytest.raises(SettingsError, match=f"^{name}: "):
        Settings.from_environment(GOOD | {name: value})


def test_only_postgresql_is_taken():
    assert normalise_database_url("postgresql://h/d") == "postgresql+psycopg://h/d"
    with pytest.raises(ValueError, match="PostgreSQL only"):
        normalise_database_url("mysql://h/d")


def test_postcodes_are_asked_of_nobody_unless_a_service_is_named():
    assert Settings.from_environment(GOOD).postcodes_url is None
    named = Settings.from_environment(GOOD | {"POSTCODES_URL": "https://postcodes.example/"})
    assert named.postcodes_url == "https://postcodes.example"
    local = Settings.from_environment(GOOD | {"POSTCODES_URL": "http://127.0.0.1:8100/api"})
    assert local.postcodes_url == "http://127.0.0.1:8100/api"
