"""A letter as one representative would read it, while it is being written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from organising.mailings.audience import show_to
from organising.mailings.content import Entry, Letter, Texts
from organising.mailings.merge import OF_REPRESENTATIVES, Block, Field, MergeText, Problem, Unparsable, parse
from organising.mailings.models import Mailing, MailingChoice
from organising.mailings.queries.candidates import candidates, list_candidates
from organising.mailings.queries.conditions import unknown_parties
from organising.mailings.queries.mailings import common_values
from organising.mailings.services.drafting import Wording
from organising.mailings.states import MailingState
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db, new_id
from organising.representatives.models import OfficeHolding
from organising.representatives.queries import current_holdings, list_parties


@dataclass(frozen=True)
class Preview:
    """What a page shows of a text in hand.

    ``problems`` by field (``subject``, ``body``), each with its place; ``values`` what each field says for the one
    it is shown to; ``blocks`` whether each applies to them.
    """

    entry: Entry | None
    letter: Letter | None
    problems: Mapping[str, Sequence[Problem]]
    missing: Sequence[Field]
    values: Mapping[str, str | None]
    blocks: Sequence[tuple[Block, bool]]

    @property
    def is_right(self) -> bool:
        """Whether nothing has to be put right before it can be saved."""
        return not any(self.problems.values())


@dataclass(frozen=True)
class Pick:
    """Something to put into a letter: a field with its fallback, or a block."""

    text: str
    name: str = ""

    @property
    def is_block(self) -> bool:
        """Whether it is words for some only."""
        return not self.name


def preview(
    actor: Actor, mailing: Mailing | None, wording: Wording, person_id: UUID | None, words: str
) -> Preview:
    """The letter to one representative: the one named, else the first of those chosen, else the first there is."""
    problems, texts = read_texts(wording)
    draft = _unsaved(actor, mailing, wording)
    common = common_values(draft)
    holding = _shown_to(mailing, person_id, words)
    entry = show_to(draft, holding) if holding else None
    if texts is None or entry is None:
        values = {**common, **entry.fields} if entry else common
        return Preview(entry, None, problems, [], _of_fields(values), [])
    whole = Texts(*texts, common)
    values = {**common, **entry.fields}
    missing = sorted(whole.missing(entry))
    return Preview(
        entry,
        None if missing else whole.letter(entry),
        problems,
        missing,
        _of_fields(values),
        whole.applied(entry),
    )


def read_texts(
    wording: Wording,
) -> tuple[dict[str, Sequence[Problem]], tuple[MergeText, MergeText] | None]:
    """What is wrong with subject and letter, by name; and both as read, where they could be."""
    problems: dict[str, Sequence[Problem]] = {}
    read: list[MergeText] = []
    for name, text in (("subject", wording.subject), ("body", wording.body)):
        try:
            found = parse(text)
        except Unparsable as error:
            problems[name] = error.problems
            continue
        problems[name] = unknown_parties(found)
        read.append(found)
    return problems, (read[0], read[1]) if len(read) == 2 else None


def list_picks() -> list[Pick]:
    """What may be put into a letter, ready to copy."""
    fields = [
        Pick('{{ first_name|"friend" }}' if name is Field.FIRST_NAME else f"{{{{ {name} }}}}", name)
        for name in OF_REPRESENTATIVES
    ]
    parties = [party.name for party, _number in list_parties(on=today())][:1] or ["…"]
    conditions = [f'party is "{parties[0]}"', "position is supporter", "promised", "delivered"]
    return fields + [
        Pick(f"{{{{ if {condition} }}}}\n\n{{{{ else }}}}\n\n{{{{ end }}}}") for condition in conditions
    ]


def _of_fields(values: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name: values.get(name) for name in OF_REPRESENTATIVES}


def _unsaved(actor: Actor, mailing: Mailing | None, wording: Wording) -> Mailing:
    """The mailing as it would be with these words; never added to the session."""
    return Mailing(
        organisation_id=actor.organisation_id,
        id=mailing.id if mailing else new_id(),
        campaign_id=mailing.campaign_id if mailing else actor.campaign_id,
        ask_id=wording.ask_id,
        subject=wording.subject,
        body=wording.body,
        state=MailingState.DRAFT,
    )


def _shown_to(mailing: Mailing | None, person_id: UUID | None, words: str) -> OfficeHolding | None:
    if person_id:
        return current_holdings([person_id], today()).get(person_id)
    if words.strip():
        return next(iter(list_candidates(candidates(words=words[:100], kind=""), most=1)), None)
    if mailing is not None:
        chosen: OfficeHolding | None = db.session.scalar(
            select(OfficeHolding)
            .join(MailingChoice, MailingChoice.holding_id == OfficeHolding.id)
            .where(
                MailingChoice.organisation_id == mailing.organisation_id,
                MailingChoice.mailing_id == mailing.id,
            )
            .order_by(MailingChoice.created_at, MailingChoice.id)
            .limit(1)
        )
        if chosen:
            return chosen
    return next(iter(list_candidates(candidates(), most=1)), None)
