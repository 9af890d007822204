"""What a person is asked about before it is kept."""

import pytest

from organising.platform.cautions import text_cautions


@pytest.fixture(autouse=True)
def context(app):
    with app.test_request_context():
        yield


def codes(text: str) -> set[str]:
    return {caution.code for caution in text_cautions("headline", text, shared=True)}


@pytest.mark.parametrize(
    "text",
    [
        "Write to ama.owusu@example.org about it",
        "Ring 020 7946 0018 tomorrow",
        "Her mobile is 07700 900123",
        "Call +44 20 7946 0018",
        "Lives at 4 Mill Lane, SW1A 1AA",
        "constituent in sw1a1aa",
    ],
)
def test_details_of_a_person_are_asked_about(text):
    assert codes(text) == {"details"}


@pytest.mark.parametrize(
    "text",
    [
        "Spoke about an undocumented pupil",
        "Knows an asylum seeker",
        "Her visa expired",
        "has no recourse (NRPF)",
    ],
)
def test_immigration_status_is_asked_about(text):
    assert codes(text) == {"status"}


@pytest.mark.parametrize(
    "text",
    [
        "Will table a question on DP-1 by 12 March 2026",
        "Met 14 members of the 2019 intake at 10.30",
        "Supports clause 4, Schedule 2, Part 1, paragraph 4",
        "Signed EDM 1234 of 2026-27",
        "Raised £1,250,000 and 650 000 pledges",
        "",
    ],
)
def test_the_daily_business_passes(text):
    assert codes(text) == set()


def test_the_answer_stands_for_the_text_it_was_given_for():
    (first,) = text_cautions("headline", "Ring 020 7946 0018", shared=True)
    (second,) = text_cautions("headline", "Ring 020 7946 0019", shared=True)
    assert first.key != second.key
