"""HEAD, by which link checkers and mail scanners look: it is answered as its GET, without the body."""

from organising.platform.access import access_of

# What is signed for the moment is a little longer or shorter each time, and so is a page that holds it.
OF_THE_MOMENT = ("Date", "Set-Cookie", "X-Request-Id", "Content-Length")


def without_parameters(app):
    """The addresses that anybody may open and that name nothing."""
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.methods and "GET" in rule.methods and not rule.arguments
    ]
    return sorted(rule.rule for rule in rules if access_of(app, rule.endpoint).anonymous)


def lasting(answer):
    return {name: value for name, value in answer.headers if name not in OF_THE_MOMENT}


def test_an_open_page_answers_head_with_the_headers_of_get_and_no_body(app, world):
    addresses = without_parameters(app)
    assert len(addresses) > 20
    for address in addresses:
        shown, told = app.test_client().get(address), app.test_client().head(address)
        assert (told.status_code, told.data) == (shown.status_code, b""), address
        assert lasting(told) == lasting(shown), address
        assert abs(int(told.headers["Content-Length"]) - len(shown.data)) < 100, address
