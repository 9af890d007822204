"""Row security, written once: what each ownership class means in the database. Used by migrations.

Every table gets ``ENABLE`` and ``FORCE``, the owner's maintenance policy (without which a backup would
silently hold 0 rows), and the policies of its class for the two roles of the running product.
"""

from collections.abc import Sequence
from typing import Any

from .ownership import Ownership

OWN = "organisation_id = (SELECT app.org())"
MEMBER = "campaign_id = ANY ((SELECT app.campaigns())::uuid[])"


def secure(
    op: Any,
    table: str,
    ownership: str,
    *,
    published: str | None = None,
    readers: str | None = None,
    purpose: str = "import",
    write: bool = True,
    statements: Sequence[str] = (),
) -> None:
    """Put a new table behind the firewall.

    ``published``: SQL condition under which the public reads the rows. ``readers``: SQL condition under which
    a lent row's named readers read it. ``purpose``: for reference tables, the signed purpose that may write.
    ``write=False``: no update and no delete for an owned or shared table (append-only). ``statements``: further policies.
    """
    kind = Ownership(ownership)
    op.execute(f"ALTER TABLE {ident(table)} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    policy(op, table, "maintenance", "ALL", "organising_owner", "(SELECT app.maintenance())")
    op.execute(f"COMMENT ON TABLE {ident(table)} IS 'ownership: {kind}'")
    _CLASSES[kind](op, table, readers=readers, purpose=purpose, write=write)
    if published is not None:
        op.execute(f"GRANT SELECT ON {ident(table)} TO organising_public")
        policy(op, table, "published", "SELECT", "organising_public", published)
    for statement in statements:
        op.execute(statement)


def ident(table: str) -> str:
    """A table's quoted name, with its schema where it has one."""
    return ".".join(f'"{part}"' for part in table.split("."))


def policy(
    op: Any, table: str, name: str, command: str, role: str, condition: str, check: str | None = None
) -> None:
    """Create one policy; ``check`` defaults to the condition where rows are written."""
    clauses = []
    if command != "INSERT":
        clauses.append(f"USING ({condition})")
    if command in ("INSERT", "UPDATE", "ALL"):
        clauses.append(f"WITH CHECK ({check or condition})")
    op.execute(f"CREATE POLICY {name} ON {ident(table)} FOR {command} TO {role} {' '.join(clauses)}")


def restrict(op: Any, table: str, name: str, command: str, condition: str, check: str | None = None) -> None:
    """A policy that takes away: it must hold beside those of the table's class, for the running product's login."""
    clauses = [] if command == "INSERT" else [f"USING ({condition})"]
    if command in ("INSERT", "UPDATE", "ALL"):
        clauses.append(f"WITH CHECK ({check or condition})")
    op.execute(
        f"CREATE POLICY {name} ON {ident(table)} AS RESTRICTIVE FOR {command} "
        f"TO organising_runtime {' '.join(clauses)}"
    )


def _owned(op: Any, table: str, *, write: bool, **_: Any) -> None:
    rights = "SELECT, INSERT, UPDATE, DELETE" if write else "SELECT, INSERT"
    op.execute(f"GRANT {rights} ON {ident(table)} TO organising_runtime")
    policy(op, table, "owned", "ALL", "organising_runtime", OWN)


def _lent(op: Any, table: str, *, readers: str | None, write: bool, **_: Any) -> None:
    if readers is None:
        raise ValueError(f"{table}: a lent table names its readers")
    _owned(op, table, write=write)
    policy(op, table, "lent", "SELECT", "organising_runtime", readers)


def _shared(op: Any, table: str, *, write: bool, **_: Any) -> None:
    rights = "SELECT, INSERT, UPDATE, DELETE" if write else "SELECT, INSERT"
    op.execute(f"GRANT {rights} ON {ident(table)} TO organising_runtime")
    policy(op, table, "shared_read", "SELECT", "organising_runtime", MEMBER)
    policy(op, table, "shared_insert", "INSERT", "organising_runtime", f"{OWN} AND {MEMBER}")
    policy(op, table, "shared_update", "UPDATE", "organising_runtime", OWN, f"{OWN} AND {MEMBER}")
    policy(op, table, "shared_delete", "DELETE", "organising_runtime", OWN)


def _reference(op: Any, table: str, *, purpose: str, **_: Any) -> None:
    op.execute(f"GRANT SELECT ON {ident(table)} TO organising_runtime, organising_public, organising_counter")
    op.execute(f"GRANT INSERT, UPDATE, DELETE ON {ident(table)} TO organising_runtime")
    policy(
        op, table, "reference", "SELECT", "organising_runtime, organising_public, organising_counter", "true"
    )
    condition = f"(SELECT app.purpose()) IN ('{purpose}', 'setup')"
    policy(op, table, "imported_insert", "INSERT", "organising_runtime", condition)
    policy(op, table, "imported_update", "UPDATE", "organising_runtime", condition)
    policy(op, table, "imported_delete", "DELETE", "organising_runtime", condition)


def _identity(op: Any, table: str, **_: Any) -> None:
    """Each identity table states its own policies; none is given by default."""


def _aggregate(op: Any, table: str, **_: Any) -> None:
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {ident(table)} TO organising_counter")
    policy(op, table, "counter", "ALL", "organising_counter", "true")


_CLASSES: dict[Ownership, Any] = {
    Ownership.OWNED: _owned,
    Ownership.LENT: _lent,
    Ownership.SHARED: _shared,
    Ownership.REFERENCE: _reference,
    Ownership.IDENTITY: _identity,
    Ownership.AGGREGATE: _aggregate,
}


def define(op: Any, signature: str, returns: str, body: str, *, grant: str, options: str = "STABLE") -> None:
    """Create a definer function of the counter: ``app.name(arg type)``; executable by the roles in ``grant`` only.

    Its search path is fixed, so no object of a caller can stand in for one of the product's.
    """
    op.execute(_function(signature, returns, body, options))
    name = signature_types(signature)
    op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    if grant:
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {grant}")
    op.execute("GRANT CREATE ON SCHEMA app TO organising_counter")
    op.execute(f"ALTER FUNCTION {name} OWNER TO organising_counter")
    op.execute("REVOKE CREATE ON SCHEMA app FROM organising_counter")
    # The owner makes triggers of them, and inherits nothing of the counter's.
    op.execute("SET ROLE organising_counter")
    op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO organising_owner")
    op.execute("SET ROLE organising_owner")


def redefine(op: Any, signature: str, returns: str, body: str, *, options: str = "STABLE") -> None:
    """Give a definer function another body, where policies or triggers stand on it; its grants stay as they are."""
    op.execute("GRANT CREATE ON SCHEMA app TO organising_counter")
    op.execute("SET ROLE organising_counter")
    op.execute(_function(signature, returns, body, options))
    op.execute("SET ROLE organising_owner")
    op.execute("REVOKE CREATE ON SCHEMA app FROM organising_counter")


def _function(signature: str, returns: str, body: str, options: str) -> str:
    language = "plpgsql" if body.lstrip().upper().startswith(("BEGIN", "DECLARE")) else "sql"
    return (
        f"CREATE OR REPLACE FUNCTION {signature} RETURNS {returns} LANGUAGE {language} {options} "
        f"SECURITY DEFINER SET search_path = public, pg_temp AS $body$ {body} $body$"
    )


def signature_types(signature: str) -> str:
    """``app.f(a uuid, b text)`` → ``app.f(uuid, text)``, the form that GRANT and DROP take."""
    name, _, arguments = signature.partition("(")
    parts = [part.strip().split(" ", 1) for part in arguments.rstrip(") ").split(",") if part.strip()]
    return f"{name}({', '.join(part[-1] for part in parts)})"
