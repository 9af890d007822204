"""The database's roles: made once by an administrator; checked at every boot.

``organising_owner`` owns the tables and is used by migrations, backup and upgrade only. The login in
``DATABASE_URL`` is a member of ``organising_runtime`` and ``organising_public`` and of nothing else.
``organising_counter`` owns the definer functions; no login of the product is a member of it.
"""

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

OWNER, RUNTIME, PUBLIC, COUNTER = (
    "organising_owner",
    "organising_runtime",
    "organising_public",
    "organising_counter",
)


class RolesRefused(Exception):
    """The database can't be used as it stands; ``str()`` is one line that says why and what to do."""


def statements(
    database: str,
    login: str,
    login_password: str | None,
    owner: str,
    owner_password: str | None,
    present: set[str],
) -> list[str]:
    """The SQL that an administrator runs once, for the roles not yet ``present``. Passwords are quoted as literals."""
    made = []
    if OWNER not in present:
        # NOINHERIT: a member of the counter, it must not read through the counter's policies.
        made.append(
            f"CREATE ROLE {OWNER} NOSUPERUSER NOINHERIT CREATEDB"
            + _login(owner_password if owner == OWNER else None)
        )
    for group in (RUNTIME, PUBLIC, COUNTER):
        if group not in present:
            made.append(f"CREATE ROLE {group} NOLOGIN NOSUPERUSER")
    if login not in present:
        # NOINHERIT: before a session has announced its role it may do nothing at all.
        made.append(f"CREATE ROLE {_name(login)} NOSUPERUSER NOINHERIT" + _login(login_password))
    made.append(f"GRANT {RUNTIME}, {PUBLIC} TO {_name(login)}")
    # The owner hands definer functions over to the counter in migrations.
    made.append(f"GRANT {COUNTER} TO {OWNER}")
    if owner != OWNER:
        made.append(f"GRANT {OWNER} TO {_name(owner)}")
    made.append(f"GRANT CREATE, CONNECT, TEMPORARY ON DATABASE {_name(database)} TO {OWNER}")
    made.append(f"GRANT CONNECT ON DATABASE {_name(database)} TO {COUNTER}, {_name(login)}")
    # A temporary table or type of the login's would stand before the product's in every search path.
    made.append(f"REVOKE TEMPORARY ON DATABASE {_name(database)} FROM PUBLIC, {_name(login)}")
    made.append(f"GRANT ALL ON SCHEMA public TO {OWNER}")
    return made


def prepare_database(
    admin_url: str,
    owner_password: str | None,
    login_password: str | None,
    *,
    login: str = "organising_login",
    owner: str = OWNER,
) -> None:
    """Create the roles and rights in the database that ``admin_url`` names; doing it twice changes nothing.

    Raises :class:`RolesRefused` where the administrator's login lacks the right, with the statements to run.
    """
    engine = create_engine(admin_url, poolclass=NullPool)
    database = make_url(admin_url).database or "postgres"
    with engine.connect() as connection:
        names = {OWNER, RUNTIME, PUBLIC, COUNTER, login}
        present = set(
            connection.scalars(
                text("SELECT rolname FROM pg_roles WHERE rolname = ANY(:names)"), {"names": list(names)}
            )
        )
        wanted = statements(database, login, login_password, owner, owner_password, present)
        if owner == connection.scalar(text("SELECT current_user")) and owner != OWNER:
            superuser = connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
            wanted = [line for line in wanted if not (superuser and line.startswith(f"GRANT {OWNER} TO"))]
        try:
            for statement in wanted:
                connection.exec_driver_sql(statement)
            connection.commit()
        except ProgrammingError as error:
            connection.rollback()
            lines = ";\n  ".join(statements(database, login, "…", owner, "…", present))
            raise RolesRefused(f"{_first_line(error)}. Let an administrator run:\n  {lines};") from None
    engine.dispose()


def roles_exist(owner_url: str) -> bool:
    """Whether the server has the roles, and this login may act as ``organising_owner``, in whatever database."""
    return _holds_of_roles(owner_url, "pg_has_role(current_user, oid, 'MEMBER')")


def roles_ready(owner_url: str) -> bool:
    """Whether the roles exist, this login may act as ``organising_owner``, and that one may create in this database."""
    return _holds_of_roles(
        owner_url,
        "pg_has_role(current_user, oid, 'MEMBER') AND has_schema_privilege(oid, 'public', 'CREATE') "
        "AND has_database_privilege(oid, current_database(), 'CREATE')",
    )


def _holds_of_roles(owner_url: str, of_owner: str) -> bool:
    """Whether all four roles are there and the SQL condition ``of_owner`` holds of the owner's row."""
    with create_engine(owner_url, poolclass=NullPool).connect() as connection:
        return bool(
            connection.scalar(
                text(
                    f"SELECT count(*) = 4 AND bool_and(rolname <> :owner OR ({of_owner})) "  # noqa: S608 (our own words)
                    "FROM pg_roles WHERE rolname IN (:owner, :runtime, :public, :counter)"
                ),
                {"owner": OWNER, "runtime": RUNTIME, "public": PUBLIC, "counter": COUNTER},
            )
        )


def check_login(connection: Connection) -> None:
    """Refuse a runtime login that could pass by the firewall. Raises :class:`RolesRefused` with one line."""
    row = connection.execute(
        text(
            "SELECT r.rolname, r.rolsuper, r.rolbypassrls, "
            "EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "  WHERE c.relowner = r.oid AND n.nspname IN ('public','app','vault','counting')) AS owns, "
            "(SELECT string_agg(g.rolname, ', ') FROM pg_roles g WHERE g.rolname IN (:owner, :counter) "
            "  AND pg_has_role(r.oid, g.oid, 'MEMBER')) AS member, "
            "(SELECT count(*) FROM pg_roles g WHERE g.rolname IN (:runtime, :public) "
            "  AND pg_has_role(r.oid, g.oid, 'MEMBER')) AS groups "
            "FROM pg_roles r WHERE r.rolname = session_user"
        ),
        {"owner": OWNER, "counter": COUNTER, "runtime": RUNTIME, "public": PUBLIC},
    ).one()
    for refused, reason in (
        (row.rolsuper, "is a superuser"),
        (row.rolbypassrls, "bypasses row security"),
        (row.owns, "owns tables of the product"),
        (row.member, f"is a member of {row.member}"),
    ):
        if refused:
            raise RolesRefused(
                f"DATABASE_URL: the login {row.rolname} {reason}, so the firewall between organisations would not hold; "
                "name a login that `organising database prepare` made"
            )
    if row.groups != 2:
        raise RolesRefused(
            f"DATABASE_URL: the login {row.rolname} is not a member of {RUNTIME} and {PUBLIC}; "
            "run `organising database prepare --admin-url …` once"
        )


def check_boot(database_url: str) -> None:
    """What web server, worker and scheduler ask before they serve. Raises :class:`RolesRefused`, or ``OperationalError``."""
    with create_engine(database_url, poolclass=NullPool).connect() as connection:
        check_login(connection)


def _login(password: str | None) -> str:
    return " NOLOGIN" if password is None else f" LOGIN PASSWORD {_literal(password)}"


def _literal(text_: str) -> str:
    return "'" + text_.replace("'", "''") + "'"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", error)).splitlines()[0].removeprefix("ERROR:").strip()
