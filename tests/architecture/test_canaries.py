"""A canary in every text of Liberty's private rows, sealed ones included: no page of a partner's or the public's sings.

Asked: every route, by every method, with no id, with Liberty's and with one that never was.
"""

import logging
from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from organising.platform.ownership import Base, Ownership
from organising.platform.sealing import keyring, seal
from organising.platform.tenancy import Context, use_context
from tests.support.routes import any_value

CANARY = "canaryzq"
# Signing oneself or others out, and what ends the walk's own sign-in.
LEFT_OUT = {"accounts.sign_out", "static"}
# Lent on purpose: texts that the organisations which sign off have to read are in another class.
WORDS = ("text", "character varying")


class Planter:
    """Writes the canary, as the owner in maintenance, wherever a private row of one organisation holds words."""

    def __init__(self, owner, organisation: UUID, key: bytes) -> None:
        self.url, self.organisation, self.key = owner.url, organisation, key
        self.planted: set[tuple[str, str]] = set()
        self.refused: set[tuple[str, str]] = set()

    def plant(self) -> None:
        with psycopg.connect(self.url) as self.connection:
            self.connection.execute("SET ROLE organising_owner")
            self.connection.execute("SELECT set_config('app.maintenance', 'on', true)")
            for table in sorted(_owned()):
                for column, kind in self._columns(table):
                    if column.endswith("_cipher") or kind in WORDS:
                        self._write(table, column)

    def _columns(self, table: str) -> list[tuple[str, str]]:
        return self.connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name = %s",
            [table],
        ).fetchall()

    def _write(self, table: str, column: str) -> None:
        """One column of all of the organisation's rows; codes and states refuse, and are none of anybody's words."""
        ids = self.connection.execute(
            sql.SQL("SELECT id FROM {} WHERE organisation_id = %s").format(sql.Identifier(table)),
            [self.organisation],
        ).fetchall()
        for number, (row,) in enumerate(ids):
            try:
                with self.connection.transaction():
                    self.connection.execute(
                        sql.SQL("UPDATE {} SET {} = %s WHERE organisation_id = %s AND id = %s").format(
                            sql.Identifier(table), sql.Identifier(column)
                        ),
                        [self._value(table, column, row, number), self.organisation, row],
                    )
                self.planted.add((table, column))
            except psycopg.Error:
                self.refused.add((table, column))

    def _value(self, table: str, column: str, row: UUID, number: int) -> str | bytes:
        words = f"{CANARY}{number}"
        if not column.endswith("_cipher"):
            return words
        return seal(self.key, words.encode(), f"{self.organisation}|{table}|{column}|{row}".encode())


def _owned() -> Iterator[str]:
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        if (
            getattr(mapper.class_, "__ownership__", None) is Ownership.OWNED
            and table.schema is None
            and "id" in table.c
        ):
            yield table.name


@pytest.fixture
def plant(app, world, owner, private_rows):
    """Plants when called, and answers what was planted."""

    def plant():
        organisation = world.organisations["liberty"]
        with app.app_context(), use_context(Context(organisation_id=organisation)) as session:
            key = keyring().key_for(session, organisation)
        planter = Planter(owner, organisation, key)
        planter.plant()
        return planter.planted

    return plant


def _asked(app, rows) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and address: every route; one with ids twice, with Liberty's and with none that ever was."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in LEFT_OUT:
            continue
        ids = [name for name, kind in rule._converters.items() if type(kind).__name__ == "UUIDConverter"]
        others = {name: any_value(rule, name) for name in rule.arguments if name not in ids}
        for values in [rows, {}] if ids else [{}]:
            built = rule.build(others | {name: values.get(name) or uuid4() for name in ids})
            for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
                if built is not None:
                    yield rule.endpoint, method, built[1]


@pytest.mark.parametrize(
    "role",
    [
        "coordinator",
        None,
        *[
            pytest.param(role, marks=pytest.mark.slow)
            for role in ("admin", "organiser", "officer", "analyst")
        ],
    ],
)
def test_no_answer_holds_a_canary(app, world, private_rows, plant, role):
    planted = plant()
    browser = world.browser(world.user("neu", role)) if role else app.test_client()
    seen, asked = [], 0
    for endpoint, method, address in _asked(app, private_rows):
        answer = browser.open(address, method=method, data={} if method != "GET" else None)
        asked += 1
        if CANARY.encode() in answer.data.lower() or CANARY in str(answer.headers).lower():
            seen.append((endpoint, method, address))
        assert answer.status_code < 500, (endpoint, method, address)
    print(f"{len(planted)} columns planted, {asked} answers, {len(seen)} canaries")
    assert seen == []
    assert len(planted) > 80
    assert asked > 500


def test_the_owners_own_pages_answer_and_sing(app, world, private_rows, plant):
    """Else the walk above would find nothing because nothing was planted, or because nothing is shown."""
    browser = world.browser(world.user("liberty", "coordinator"))
    pages = [(name, address) for name, method, address in _asked(app, private_rows) if method == "GET"]
    broken = [name for name, address in pages if browser.get(address).status_code >= 500]
    assert broken == []
    plant()
    # Where a list is kept as JSON, a canary in its place breaks the page for its owner.
    logging.disable(logging.ERROR)
    sung = {name for name, address in pages if CANARY.encode() in browser.get(address).data.lower()}
    logging.disable(logging.NOTSET)
    assert len(sung) > 20, sorted(sung)
