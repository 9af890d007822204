"""The checks themselves: what they are to notice, they notice, with the content-security policy in force."""

from .conftest import Visit


def test_a_fault_and_a_refused_script_are_noticed(visits: Visit) -> None:
    visitor = visits(width=320)
    visitor.open("/sign-in")
    assert visitor.faults() == []
    visitor.page.evaluate(
        "document.querySelectorAll('label').forEach((label) => label.removeAttribute('for'))"
    )
    assert any(fault.startswith("label:") for fault in visitor.faults())
    visitor.page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), {textContent: 'window.got = 1'}))"
    )
    assert visitor.page.evaluate("window.got") is None
    assert "Content Security Policy" in " ".join(visitor.trouble)
    visitor.trouble.clear()


def test_a_page_that_is_not_there_says_so(visits: Visit) -> None:
    visitor = visits("organiser@praxis.example", width=320)
    visitor.expect_refusal(404)
    visitor.open("/representatives/00000000-0000-4000-8000-000000000000")
    visitor.look("not-found")
