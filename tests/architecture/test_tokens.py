"""What asks for a token against forged requests, and what must not: a form goes by its view, and can't disagree with it."""

import pytest
from flask import Flask

from organising.platform.forms import Form, PublicForm


def _views(app: Flask, *, tokenless: bool) -> list[tuple[str, str]]:
    return [
        (rule.endpoint, rule.rule)
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and bool(getattr(app.view_functions[rule.endpoint], "__tokenless__", False)) is tokenless
    ]


@pytest.mark.parametrize("tokenless", [True, False])
def test_every_form_asks_for_a_token_exactly_where_its_view_does(app: Flask, tokenless: bool) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    found = _views(app, tokenless=tokenless)
    assert len(found) > 15
    for endpoint, rule in found:
        with app.test_request_context(method="POST") as context:
            context.request.url_rule = next(
                one for one in app.url_map.iter_rules(endpoint) if one.rule == rule
            )
            for form in (Form, PublicForm):
                assert bool(form.Meta().csrf) is not tokenless, endpoint


def test_what_needs_no_token_is_open_to_everybody_anyway(app: Flask) -> None:
    """A view without a token acts on what is sent to it alone: never in the name of who is signed in."""
    for endpoint, _rule in _views(app, tokenless=True):
        access = app.view_functions[endpoint].__access__  # type: ignore[attr-defined]
        assert access.permission is None, endpoint
