"""Files that go with letters: told by their content, small, named harmlessly, bound by the approval."""

import random
import re
from io import BytesIO

import pytest
from sqlalchemy import select, text
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from organising.files.content.pdfs import clean_pdf
from organising.files.content.pictures import clean_picture
from organising.mailings.models import MOST_BYTES, FileKind, MailingAttachment
from organising.mailings.services import review
from organising.mailings.services.attachments import harmless_name
from organising.platform.errors import Invalid
from organising.platform.message import AttachedFile
from tests.support.mailings import Campaigners, seat_members
from tests.support.uploads import pdf, picture

# Made anew already: made anew once more, it is the same bytes.
PDF = clean_pdf(pdf()).content
PNG = clean_picture(picture("PNG", size=(60, 40))).content
JPEG = picture(size=(60, 40))


@pytest.fixture
def people(app, world):
    seat_members(app, 3)
    return Campaigners.at(world)


@pytest.fixture
def browser(people):
    return people.world.browser(people.organiser)


def add(browser, mailing, name="briefing.pdf", content=PDF):
    # Encoded here: the client would keep a large body in a file that it does not close.
    boundary, body = encode_multipart({"file": FileStorage(BytesIO(content), name)})
    return browser.post(
        f"/mailings/{mailing}/attachments",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        follow_redirects=True,
    )


def heavy(number: int) -> bytes:
    """A PDF that is almost as large as one may be, and can't be packed any smaller."""
    drawn = random.Random(number).randbytes(MOST_BYTES - 2_000)
    return pdf(lambda one: setattr(one.pages[0], "Contents", one.make_stream(drawn)))


def letters(sink) -> list:
    """What went to representatives, without the mails that ask colleagues for their sign-off."""
    return [one for one in sink.messages if "@parliament.example" in one["To"]]


def names(people) -> list[str]:
    with people.world.context("neu") as session:
        return list(session.scalars(select(MailingAttachment.name).order_by(MailingAttachment.created_at)))


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [("briefing.pdf", PDF, "briefing.pdf"), ("photo.exe", PNG, "photo.png"), ("photo", JPEG, "photo.jpg")],
)
def test_a_file_is_what_its_content_says(people, browser, name, content, kept):
    assert "goes with every letter" in add(browser, people.draft(), name, content).text
    assert names(people) == [kept]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\x\\Tŷ’r Cyffredin.pdf", "Ty r Cyffredin.pdf"),
        ('a"; filename="b.exe\r\nBcc: x@example.org.pdf', "a filename b exe Bcc x example org.pdf"),
        ("=?utf-8?q?hi=0ABcc:_x?=.pdf", "utf-8 q hi 0ABcc _x.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ("a\x00b\u2028c.pdf", "a b c.pdf"),
        ("—.pdf", "attachment.pdf"),
        ("", "attachment.pdf"),
        ("x" * 200 + ".pdf", "x" * 60 + ".pdf"),
        ("taken.pdf", "taken 2.pdf"),
    ],
)
def test_a_file_gets_a_harmless_name(name, kept):
    found = harmless_name(name, FileKind.PDF, ["taken.pdf"])
    assert found == kept
    assert AttachedFile(found, FileKind.PDF, b"x").name == kept


@pytest.mark.parametrize(
    "name", ['a".pdf', "a\r\nBcc: x.pdf", "a/b.pdf", "é.pdf", "a", ".pdf", "x" * 90 + ".pdf"]
)
def test_no_other_name_gets_into_a_header(name):
    with pytest.raises(Invalid):
        AttachedFile(name, FileKind.PDF, b"x")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("letter.pdf", b"MZ\x90\x00" + PDF, "none of them by its content"),
        ("letter.pdf", b"<html>%PDF-1.7 %%EOF", "none of them by its content"),
        ("letter.pdf", b"%PDF-1.7 and no end", "none of them by its content"),
        ("page.html", b"<script>alert(1)</script>", "none of them by its content"),
        ("archive.zip", b"PK\x03\x04", "none of them by its content"),
        ("empty.pdf", b"", "none of them by its content"),
        ("big.pdf", PDF[:9] + b"x" * MOST_BYTES + PDF[9:], "2 MB at most"),
        ("big.jpg", JPEG[:6] + b"\xff\xd9" * (MOST_BYTES // 2) + JPEG[6:], "2 MB at most"),
    ],
)
def test_anything_else_and_anything_large_is_refused_in_words(people, browser, name, content, why):
    answer = add(browser, people.draft(), name, content)
    assert answer.status_code == 422
    assert why in answer.text
    assert names(people) == []


def test_all_together_are_limited_and_the_same_twice_is_one(people, browser):
    mailing = people.draft()
    for number in range(2):
        add(browser, mailing, f"{number}.pdf", heavy(number))
    add(browser, mailing, "again.pdf", heavy(1))
    assert names(people) == ["0.pdf", "1.pdf"]
    answer = add(browser, mailing, "2.pdf", heavy(2))
    assert answer.status_code == 422
    assert "5 MB at most" in answer.text
    add(browser, mailing, "1.pdf", PDF)
    assert names(people) == ["0.pdf", "1.pdf", "1 2.pdf"]


def test_the_files_go_with_every_letter_byte_for_byte(people, browser, smtp_sink, run_jobs):
    mailing = people.draft()
    add(browser, mailing, "briefing.pdf", PDF)
    add(browser, mailing, "map.png", PNG)
    people.release(people.approve(people.ask(mailing)))
    run_jobs()
    assert len(letters(smtp_sink)) == 3
    for message in letters(smtp_sink):
        assert message.get_content_type() == "multipart/mixed"
        letter, *files = list(message.iter_parts())
        assert letter.get_content_type() == "multipart/alternative"
        assert [one.get_content_type() for one in letter.iter_parts()] == ["text/plain", "text/html"]
        assert "Dear Ms Member" in letter.get_body(("plain",)).get_content()
        assert [(one.get_filename(), one.get_content_type(), one.get_content()) for one in files] == [
            ("briefing.pdf", "application/pdf", PDF),
            ("map.png", "image/png", PNG),
        ]


def test_a_letter_without_files_is_as_it_was(people, smtp_sink, run_jobs):
    people.sending()
    run_jobs()
    assert {message.get_content_type() for message in letters(smtp_sink)} == {"multipart/alternative"}


@pytest.mark.parametrize("change", ["add", "remove"])
def test_a_change_of_files_voids_the_approval(people, browser, smtp_sink, run_jobs, change):
    mailing = people.draft()
    add(browser, mailing)
    people.approve(people.ask(mailing))
    before = people.hash(mailing)
    if change == "add":
        add(browser, mailing, "map.png", PNG)
    else:
        browser.post(f"/mailings/{mailing}/attachments/1/removal")
    assert people.state(mailing) == "draft"
    people.ask(mailing)
    assert people.hash(mailing) != before
    admin = people.world.browser(people.admin)
    assert admin.post(f"/mailings/{mailing}/release", data={"content_hash": before}).status_code == 409
    run_jobs()
    assert letters(smtp_sink) == []


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE mailing_attachment SET content = content || 'x'::bytea",
        "UPDATE mailing_attachment SET content = content || 'x'::bytea, digest = repeat('0', 64)",
        "DELETE FROM mailing_attachment",
        "UPDATE mailing SET common = common - 'attachments'",
    ],
)
def test_what_was_not_signed_off_does_not_leave(people, browser, smtp_sink, run_jobs, tampering):
    """Whatever is done to the rows after approval, nothing goes out with another file, or without one."""
    mailing = people.draft()
    add(browser, mailing)
    people.release(people.approve(people.ask(mailing)))
    with people.world.context("neu") as session:
        session.execute(text(tampering))
        session.commit()
    run_jobs()
    assert letters(smtp_sink) == []


def test_whoever_signs_off_opens_the_file_and_nobody_else(people, browser):
    mailing = people.draft()
    add(browser, mailing)
    lead = people.world.browser(people.world.user("liberty", "coordinator"))
    stranger = people.world.browser(people.world.user("praxis", "organiser"))
    here = f"/mailings/{mailing}/attachments/1"
    assert lead.get(here).status_code == 404
    with people.world.context("neu", people.organiser) as session:
        review.ask_for_sign_off(people.organiser, mailing, lend_to_lead=True)
        session.commit()
    page = lead.get(f"/mailings/{mailing}/messages/1").text
    assert re.search(rf'href="{here}">briefing.pdf', page)
    answer = lead.get(here)
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"] == "attachment; filename=briefing.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert lead.get(f"/mailings/{mailing}/attachments/2").status_code == 404
    assert lead.post(f"/mailings/{mailing}/attachments/1/removal").status_code == 404
    assert stranger.get(here).status_code == 404


def test_a_test_message_has_the_files_too(people, browser, smtp_sink):
    mailing = people.draft()
    add(browser, mailing)
    browser.post(f"/mailings/{mailing}/messages/1/test")
    assert [one.get_filename() for one in smtp_sink.messages[0].iter_attachments()] == ["briefing.pdf"]
