"""The main pages as pictures: in the dark at both widths, and those by day that no journey looks at."""

from .conftest import Visit

PAT = "organiser@praxis.example"
CORA = "coordinator@liberty.example"
DARK = {
    "today": "/",
    "representatives": "/representatives",
    "contact-log": "/contact-log",
    "contact-new": "/contact-log/new",
    "actions": "/actions",
    "pledge": "/pledges",
    "mailings": "/mailings",
    "organisation": "/organisation",
}
LIGHT = {
    "contact-log": "/contact-log",
    "asks": "/asks",
    "help": "/help",
    "account": "/account",
    "coalition": "/coalition",
}


def test_the_main_pages_in_the_dark(visit: Visit) -> None:
    visitor = visit(PAT, color_scheme="dark")
    for name, path in DARK.items():
        visitor.open(path)
        visitor.look(f"dark-{name}")


def test_the_public_pages_in_the_dark(visit: Visit) -> None:
    visitor = visit(color_scheme="dark")
    public = {
        "pledge-form": "/pledge/care-dont-share",
        "pledge-form-welsh": "/pledge/care-dont-share?lang=cy",
        "sign-in": "/sign-in",
    }
    for name, path in public.items():
        visitor.open(path)
        visitor.look(f"dark-{name}")


def test_the_other_pages_by_day(visit: Visit) -> None:
    visitor = visit(CORA)
    for name, path in LIGHT.items():
        visitor.open(path)
        visitor.look(name)
