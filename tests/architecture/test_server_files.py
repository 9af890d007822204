"""Dockerfile and compose.yaml, parsed: no engine runs here, so what can be read off them is."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


def test_the_services_of_a_server_are_there(services):
    assert {"web", "worker", "scheduler", "postgres", "valkey", "migrate"} <= set(services)
    for name in ("web", "worker", "scheduler"):
        waits = services[name]["depends_on"]
        assert waits["migrate"]["condition"] == "service_completed_successfully"


def test_only_the_owners_steps_know_the_owner(services):
    for name, service in services.items():
        text = yaml.safe_dump(service)
        assert ("DATABASE_OWNER_URL" in text) == (name in ("migrate", "operations")), name
        assert ("OWNER_PASSWORD" in text) == (name in ("migrate", "operations", "prepare")), name
    # Nobody starts it with the others, and it may find the database empty.
    assert services["operations"]["profiles"] == ["operations"]
    assert "migrate" not in services["operations"]["depends_on"]


def test_no_secret_has_a_default(services):
    for name, value in services["web"]["environment"].items():
        if name in ("SECRET_KEY", "ORGANISING_INSTALLATION_KEY", "DATABASE_URL"):
            assert ":?" in value, name


def test_what_compose_sets_is_a_setting(services):
    from organising.config import Settings, SettingsError

    names = set(services["web"]["environment"]) - {"DATABASE_OWNER_URL"}
    readme = (ROOT / "README.md").read_text()
    for name in names:
        assert f"`{name}`" in readme, f"{name} is in compose.yaml and not in the README's table"
    with pytest.raises(SettingsError):
        Settings.from_environment({})


def test_the_image_has_stages_a_user_and_a_health_check():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert sum(line.startswith("FROM ") for line in lines) >= 3
    last = lines[max(n for n, line in enumerate(lines) if line.startswith("FROM ")) :]
    assert "USER organising" in last
    assert any(line.startswith("HEALTHCHECK") for line in last)
    assert last.index("USER organising") < next(n for n, line in enumerate(last) if line.startswith("CMD"))


def test_what_the_image_copies_exists_and_is_sent_to_the_engine():
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source
                assert source in sent, f"{source} is kept from the engine by .dockerignore"


def test_no_name_of_a_registry_is_locked():
    for path in (ROOT / "requirements").glob("*.txt"):
        assert not re.search(r"https?://|--index-url|--find-links", path.read_text()), path.name
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
