"""Every migration goes up and down, with rows in the tables."""

from alembic.script import ScriptDirectory
from sqlalchemy import text

from organising.platform.migrations import downgrade, head, maintenance, upgrade
from organising.platform.places import shipped


def test_down_and_up_again_with_rows(world, databases, environment, app):
    owner = databases.owner_of(environment["DATABASE_URL"])
    world.unit("neu")
    world.user("neu", "officer")
    revisions = [script.revision for script in ScriptDirectory(str(shipped("migrations"))).walk_revisions()]
    assert revisions[0] == head()
    for revision in [*revisions[1:], "base"]:
        downgrade(owner, revision)
    with maintenance(owner) as connection:
        left = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname IN ('public', 'app', 'vault', 'counting')")
        ).all()
    assert left == ["alembic_version"]
    upgrade(owner, bytes(range(32)))
    with maintenance(owner) as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == head()
