import pytest
from argon2 import extract_parameters

from organising.accounts.forms import NewPasswordForm
from organising.accounts.services import hash_password
from organising.platform.errors import Invalid
from tests.support.passwords import PRODUCTS_OWN


def test_a_short_password_is_refused_with_a_hint():
    with pytest.raises(Invalid, match="12 characters"):
        hash_password("elevenchars")


def test_a_hash_is_argon2id_and_costs_what_owasp_asks_for():
    """Tests hash quickly; what the product has by itself is looked at here."""
    hashed = PRODUCTS_OWN.hash("twelve chars")
    assert hashed.startswith("$argon2id$")
    costs = extract_parameters(hashed)
    assert costs.memory_cost >= 19 * 1024
    assert costs.time_cost >= 2


@pytest.mark.parametrize(
    ("password", "good"),
    [("care-dont-share", False), ("short", False), ("a" * 1001, False), ("four words in a row", True)],
)
def test_a_form_takes_no_weak_and_no_known_password(app, password, good):
    with app.test_request_context(method="POST", data={"password": password}):
        assert NewPasswordForm().validate() is good
