from sqlalchemy import select, text

from organising.organisations.models import Ask, Unit


def test_each_partner_reads_its_own_units_and_the_shared_asks(world):
    world.unit("neu", "Camden")
    with world.context("neu") as session:
        assert [u.name for u in session.scalars(select(Unit))] == ["Camden"]
        assert len(session.scalars(select(Ask)).all()) == 18
    with world.context("praxis") as session:
        assert session.scalar(text("SELECT count(*) FROM unit")) == 0
        assert session.scalar(text("SELECT count(*) FROM ask")) == 18
    officer = world.user("neu", "officer")
    assert world.email(officer).startswith("officer")
