import pytest

from organising.accounts.forms import NewPasswordForm
from organising.accounts.services import hash_password
from organising.platform.errors import Invalid


def test_a_short_password_is_refused_with_a_hint():
    with pytest.raises(Invalid, match="12 characters"):
        hash_password("elevenchars")


def test_a_hash_is_argon2id():
    assert hash_password("twelve chars").startswith("$argon2id$")


@pytest.mark.parametrize(
    ("password", "good"),
    [("care-dont-share", False), ("short", False), ("a" * 1001, False), ("four words in a row", True)],
)
def test_a_form_takes_no_weak_and_no_known_password(app, password, good):
    with app.test_request_context(method="POST", data={"password": password}):
        assert NewPasswordForm().validate() is good
