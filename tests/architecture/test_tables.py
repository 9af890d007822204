"""Guards over every table: an ownership class, forced row security, a policy for each role that has a right."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from organising.platform.db import db
from organising.platform.migrations import maintenance
from organising.platform.ownership import Base, Ownership

TABLES = text(
    """
    SELECT n.nspname AS schema, c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
           obj_description(c.oid) AS comment, pg_get_userbyid(c.relowner) AS owner,
           ARRAY(SELECT p.polname::text FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', 'vault', 'counting', 'app')
     ORDER BY 1, 2
    """
)


@pytest.fixture
def connection(app, databases, environment):
    with maintenance(databases.owner_of(environment["DATABASE_URL"])) as opened:
        yield opened


def test_every_table_is_classified_and_forced(connection):
    tables = connection.execute(TABLES).all()
    assert len(tables) > 15
    for table in tables:
        assert table.enabled, f"{table.name} has no row security"
        assert table.forced, f"{table.name} does not force row security on its owner"
        kind = (table.comment or "").removeprefix("ownership: ")
        assert kind in list(Ownership), f"{table.name} has no ownership class"
        assert "maintenance" in table.policies, table.name
        assert len(table.policies) > 1, f"{table.name} has no policy for anybody"
        assert table.owner == "organising_owner"


def test_the_models_class_is_the_tables_class(connection):
    classes = {
        (t.schema, t.name): (t.comment or "").removeprefix("ownership: ") for t in connection.execute(TABLES)
    }
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        declared = getattr(mapper.class_, "__ownership__", None)
        assert declared is not None, f"{mapper.class_.__name__} declares no ownership"
        assert classes[(table.schema or "public", table.name)] == declared, table.name


def test_every_table_has_a_model(connection):
    known = {(table.schema or "public", table.name) for table in Base.metadata.tables.values()}
    unknown = {(t.schema, t.name) for t in connection.execute(TABLES)} - known
    assert unknown <= {("public", "alembic_version"), ("vault", "context_key")}


def test_models_and_migrations_agree(connection):
    context = MigrationContext.configure(
        connection,
        opts={"include_schemas": True, "include_name": _product_schema, "include_object": _modelled},
    )
    # The class of a table is its comment, which models don't repeat.
    differences = [d for d in compare_metadata(context, Base.metadata) if d[0] != "remove_table_comment"]
    assert differences == []


def _product_schema(name, kind, parents):
    return kind != "schema" or name in (None, "public", "counting", "vault")


def _modelled(item, name, kind, reflected, compare_to):
    return not (kind == "table" and name in ("alembic_version", "context_key"))


def test_owned_tables_lead_their_key_with_the_organisation(app):
    for mapper in Base.registry.mappers:
        if getattr(mapper.class_, "__ownership__", None) in (Ownership.OWNED, Ownership.LENT):
            key = [column.name for column in mapper.local_table.primary_key.columns]
            assert key[0] == "organisation_id", mapper.local_table.name


def test_no_table_is_reached_by_the_public_at_large(connection):
    granted = connection.execute(
        text(
            "SELECT table_schema, table_name FROM information_schema.role_table_grants "
            "WHERE grantee = 'PUBLIC' AND table_schema IN ('public', 'app', 'vault', 'counting')"
        )
    ).all()
    assert granted == []


def test_definer_functions_fix_their_search_path_and_are_nobodys_by_default(connection):
    functions = connection.execute(
        text(
            "SELECT p.proname, p.prosecdef, p.proconfig, pg_get_userbyid(p.proowner) AS owner, p.proacl::text AS rights "
            "FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('app', 'counting')"
        )
    ).all()
    assert len(functions) > 10
    for function in functions:
        if function.prosecdef:
            assert function.owner == "organising_counter", function.proname
            assert any("search_path=" in option for option in function.proconfig or []), function.proname
        if function.proname != "maintenance":
            assert function.rights is not None, f"{function.proname} may be executed by anybody"
            assert "{=X" not in function.rights, function.proname
            assert ",=X" not in function.rights, function.proname


def test_every_model_is_in_the_metadata_of_the_application(app):
    assert db.metadata is Base.metadata
