"""The catalogues hold every word of the public's pages, with the same placeholders, and are compiled."""

import re

import pytest

from organising.platform import catalogs
from organising.platform.languages import OTHERS

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%")


@pytest.fixture(scope="module")
def words():
    return [message for message in catalogs.public_words() if message.id]


def forms_of(text):
    return (text,) if isinstance(text, str) else text


@pytest.mark.parametrize("language", OTHERS)
def test_every_public_string_is_translated_with_its_placeholders(language, words):
    path = catalogs.TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    catalogue = catalogs.read_catalogue(path)
    for word in words:
        found = catalogue.get(word.id, word.context)
        assert found is not None, f"run make translations: {word.id!r}"
        assert not found.fuzzy, word.id
        said = forms_of(found.string)
        assert all(text.strip() for text in said), f"no {language} for {word.id!r}"
        assert len(said) == (1 if isinstance(word.id, str) else catalogue.num_plurals)
        wanted = sorted(PLACEHOLDER.findall(forms_of(word.id)[-1]))
        for text in said:
            # One of something may be said without its number.
            named = sorted(PLACEHOLDER.findall(text))
            assert named == wanted or (len(said) > 1 and not named), (word.id, text)
            assert text.endswith("\n") == forms_of(word.id)[-1].endswith("\n"), word.id
    sentences = [word.id for word in words if isinstance(word.id, str) and word.id.count(" ") > 3]
    assert [text for text in sentences if catalogue.get(text).string == text] == []


def test_the_public_is_shown_no_template_that_is_left_out():
    found = catalogs.public_templates(catalogs.ROOT / "templates")
    assert {"pledges/sign.html", "letters/write.html", "layout/public.html", "errors/404.html"} <= found
    assert "pledges/_tally.html" in found, "what a page includes is read with it"
    assert not {"pledges/index.html", "layout/staff.html", "layout/parts.html"} & found


def test_what_a_view_of_the_publics_alone_draws_is_read_for_its_words():
    found, drawn = catalogs.public_templates(catalogs.ROOT / "templates"), set()
    for path in (catalogs.ROOT / "organising").rglob("views/*.py"):
        source = path.read_text("utf-8")
        if "@public(" in source and not re.search("@requires|@signed_in|Readers.STAFF", source):
            drawn |= set(re.findall(r"render_template\(\s*\"([^\"]+)\"", source))
    # A picture gets its words from the view.
    for picture in [name for name in drawn if not name.endswith(".html")]:
        assert "_(" not in (catalogs.ROOT / "templates" / picture).read_text("utf-8")
        drawn.discard(picture)
    assert len(drawn) > 6
    assert drawn - found == set(), "these stand below another layout than the public's"


def test_compiled_once_and_again_when_the_catalogue_is_newer(tmp_path):
    folder = tmp_path / "cy" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "messages.po"
    source.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Yes"\nmsgstr "Ie"\n'
    )
    catalogs.compile_catalogues(tmp_path)
    first = (folder / "messages.mo").read_bytes()
    assert b"Ie" in first
    source.write_text(source.read_text().replace("Ie", "Oes"))
    catalogs.compile_catalogues(tmp_path)
    assert b"Oes" in (folder / "messages.mo").read_bytes()
