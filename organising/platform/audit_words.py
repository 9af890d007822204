"""What the audit log's events say in plain words. Each domain says its own; a guard wants them for every kind that is recorded."""

from collections.abc import Collection, Mapping

WORDS: dict[str, str] = {}
# Done without an account, by a link that was mailed to whom it is about.
BY_THE_PERSON: set[str] = set()


def say(words: Mapping[str, str], by_the_person: Collection[str] = ()) -> None:
    """Give kinds of events their words; no kind has two."""
    if twice := words.keys() & WORDS.keys():
        raise ValueError(f"said twice: {', '.join(sorted(twice))}")
    WORDS.update(words)
    BY_THE_PERSON.update(by_the_person)


def in_words(action: str) -> str:
    """One kind of event, for people: its words, or its code made readable (``thing.done`` → *Thing: done*)."""
    return WORDS.get(action) or action.replace(".", ": ").replace("_", " ").capitalize()
