from uuid import uuid4

import pytest

from organising.accounts.links import INVITATION, PASSWORD_RESET, find_row_id, make_link
from organising.platform.paths import own_path


@pytest.mark.parametrize("path", ["/", "/asks", "/representatives?q=ba%20t&cursor=x", "/invitations/a.b-c"])
def test_an_own_path_is_kept(path):
    assert own_path(path) == path


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "asks",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/asks",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "/a b",
    ],
)
def test_no_other_target_is_followed(target):
    assert own_path(target) is None


def swapped(sign: str) -> str:
    return "B" if sign == "A" else "A"


def test_a_link_serves_one_purpose_and_cannot_be_made_up(app):
    row_id = uuid4()
    with app.app_context():
        link = make_link(INVITATION, row_id)
        token = link.rsplit("/", 1)[1]
        assert link.startswith("http://localhost/invitations/")
        assert find_row_id(INVITATION, token) == row_id
        assert find_row_id(PASSWORD_RESET, token) is None
        # Not its last sign: two bits of that one are padding, and a change of them alone is no change.
        assert find_row_id(INVITATION, token[:-2] + swapped(token[-2]) + token[-1]) is None
        assert find_row_id(INVITATION, str(row_id)) is None
