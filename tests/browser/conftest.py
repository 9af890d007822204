"""A real browser before the real product. Each test has its visitors; none may leave a word in the console."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from playwright.sync_api import Browser, StorageState, expect, sync_playwright

from tests.support.live import NARROW, Visitor, running_product

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
WINDOWS = {NARROW: 720, 1280: 900}
PATIENCE_MS = 15_000

Visit = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is marked."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _find_chromium() -> str | None:
    fixed = Path("/usr/bin/chromium")
    return str(fixed) if fixed.is_file() else next((p for n in NAMES if (p := shutil.which(n))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium, or a skip."""
    found = _find_chromium()
    if found is None:
        pytest.skip(f"no Chromium at /usr/bin/chromium, and none of {', '.join(NAMES)} on the PATH")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def product(chromium: Browser) -> Iterator[str]:
    """The address of the product with its demo, started for these tests and theirs alone."""

    with running_product() as address:
        yield address


@pytest.fixture(params=sorted(WINDOWS), ids=lambda width: f"{width}px")
def width(request: pytest.FixtureRequest) -> int:
    """A phone's window, and a desk's."""
    return int(request.param)


@pytest.fixture(scope="session")
def cookies() -> dict[tuple[str, int], StorageState]:
    """What signed-in profiles keep. The door lets 20 in a minute, so each person knocks once in each window."""
    return {}


@pytest.fixture
def visits(chromium: Browser, product: str, cookies: dict[tuple[str, int], StorageState]) -> Iterator[Visit]:
    """Make visitors, each with a profile of their own; at the end none has had a console message or a page error."""
    made: list[Visitor] = []

    def visit(who: str = "", *, width: int, **options: object) -> Visitor:
        window = {"width": width, "height": WINDOWS[width]}
        scripted = options.get("java_script_enabled", True) is not False
        kept = cookies.get((who, width)) if scripted else None
        context = chromium.new_context(
            storage_state=kept, viewport=window, locale="en-GB", timezone_id="Europe/London", **options
        )
        context.set_default_timeout(PATIENCE_MS)
        visitor = Visitor(context, context.new_page(), product, who or "someone", width)
        visitor.scripted = scripted
        made.append(visitor)
        if kept:
            visitor.open("/")
        elif who:
            visitor.sign_in(who)
            cookies[who, width] = context.storage_state()
        return visitor

    yield visit
    trouble = [line for visitor in made for line in visitor.trouble]
    for visitor in made:
        visitor.context.close()
    assert trouble == []


@pytest.fixture
def visit(visits: Visit, width: int) -> Visit:
    """The same, in this test's window."""

    def at_width(who: str = "", **options: object) -> Visitor:
        return visits(who, width=width, **options)

    return at_width
