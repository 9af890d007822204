"""A return path says whose a message is; anything but a genuine one says nothing."""

from uuid import UUID, uuid4

import pytest

from organising.mailings.incoming import return_paths
from organising.mailings.incoming.return_paths import ReturnAddress, ReturnKind
from organising.organisations.models import Organisation
from organising.platform.clock import now
from organising.platform.db import new_id
from organising.platform.tenancy import Context, use_context

MAKE = {
    ReturnKind.BOUNCE: return_paths.bounce_address,
    ReturnKind.REPLY: return_paths.reply_address,
}


@pytest.fixture
def inside(app):
    with app.app_context():
        yield app


@pytest.mark.parametrize("kind", list(ReturnKind))
def test_each_kind_is_read_back_in_any_case(inside, world, kind):
    organisation, row = world.organisations["neu"], uuid4()
    address = MAKE[kind](organisation, row)
    local, _, domain = address.partition("@")
    assert len(local) <= 64
    assert domain == "organising.example"
    assert local == local.lower()
    expected = ReturnAddress(kind, organisation, row)
    assert return_paths.read(address) == expected
    assert return_paths.read(f"<{address.upper()}>") == expected


def test_a_single_changed_letter_says_nothing(inside, world):
    address = return_paths.bounce_address(world.organisations["neu"], uuid4())
    local, _, domain = address.partition("@")
    for place in range(2, len(local)):
        other = "a" if local[place] != "a" else "b"
        assert return_paths.read(f"{local[:place]}{other}{local[place + 1 :]}@{domain}") is None, place


def test_an_address_of_one_kind_is_none_of_another(inside, world):
    address = return_paths.reply_address(world.organisations["neu"], uuid4())
    token = address.split("+", 1)[1]
    assert return_paths.read(f"b+{token}") is None
    assert return_paths.read(f"log+{token}") is None
    assert return_paths.read(f"r+{token}") is not None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "b+@organising.example",
        "b+aaaa@organising.example",
        "hello@organising.example",
        f"b+{'a' * 48}@organising.example",
        f"x+{'a' * 48}@organising.example",
        f"b+{'é' * 48}@organising.example",
        f"b+{'1' * 48}@organising.example",
    ],
)
def test_what_is_no_return_path_says_nothing(inside, world, address):
    assert return_paths.read(address) is None


def test_a_genuine_local_part_at_a_foreign_domain_says_nothing(inside, world):
    local = return_paths.bounce_address(world.organisations["neu"], uuid4()).partition("@")[0]
    assert return_paths.read(f"{local}@elsewhere.example") is None


def test_organisations_that_begin_alike_are_kept_apart(inside, world):
    twin = UUID(bytes=world.organisations["neu"].bytes[:4] + new_id().bytes[4:])
    row = uuid4()
    of_twin = return_paths.bounce_address(twin, row)
    assert return_paths.read(of_twin) is None, "there is no such organisation yet"
    with use_context(Context(purpose="setup")) as session:
        session.add(Organisation(id=twin, name="Twin", short_name="Twin", slug="twin", kind="charity"))
        session.commit()
    assert return_paths.read(of_twin) == ReturnAddress(ReturnKind.BOUNCE, twin, row)
    of_neu = return_paths.bounce_address(world.organisations["neu"], row)
    assert return_paths.read(of_neu) == ReturnAddress(ReturnKind.BOUNCE, world.organisations["neu"], row)


def test_an_organisation_that_has_left_takes_nothing(inside, world):
    address = return_paths.bounce_address(world.organisations["praxis"], uuid4())
    with use_context(Context(purpose="setup")) as session:
        session.get_one(Organisation, world.organisations["praxis"]).left_at = now()
        session.commit()
    assert return_paths.read(address) is None
