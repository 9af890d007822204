"""A partner reads all that it and the public may, after every single signature, and learns no exact count under ten."""

from random import Random

import pytest

from organising.platform.tenancy import Context, use_context
from organising.pledges.models import Pledge, TallyPublished
from organising.pledges.services.counting import count_drive, publish_drive
from tests.support.attacker import PRODUCT, Rule, Suspect, by_tens
from tests.support.pledges import add_signers, open_a_drive

SECTORS = ("education", "health", None)
COLUMNS = {"sector": "sector", "unit": "unit_id"}
ATTACKER, OTHERS, KINDS = "praxis", ("liberty", "neu"), ("confirmed", "witnessed")


class Siege:
    """Others sign one by one in some drives; the attacker adds and removes signatures of its own, and reads."""

    def __init__(
        self, world, drives, rule=PRODUCT, *, only_arrivals, weights=(12, 1, 3), signs=0.78, by="sector"
    ):
        self.world, self.drives, self.random, self.by = world, drives, Random(2), by
        units = {
            slug: (*sorted((world.unit(slug), world.unit(slug, "Leeds")), key=str), None)
            for slug in (ATTACKER, *OTHERS)
        }
        # What each organisation's people are counted by; a unit is one organisation's.
        self.known = units if by == "unit" else dict.fromkeys(units, SECTORS)
        self.only_arrivals, self.weights, self.signs = only_arrivals, weights, signs
        self.standing = []
        self.own = dict.fromkeys([(drive, kind) for drive in drives for kind in KINDS], (0, (0, 0, 0)))
        self.suspects = {
            (drive, kind, slug): Suspect(rule, only_arrivals)
            for drive in drives
            for kind in KINDS
            for slug in OTHERS
        }
        self.parts = {}

    def act(self):
        """One act, one publication, one reading."""
        mine = self.random.random() < 0.3
        if (not mine and self.only_arrivals) or self.random.random() < self.signs:
            self._sign(ATTACKER if mine else self.random.choice(OTHERS))
        else:
            self._change(mine)
        with self.world.app.app_context(), use_context(Context(purpose="count")) as session:
            for drive in self.drives:
                count_drive(drive)
                publish_drive(drive)
                session.commit()
        self._read(mine)

    def _sign(self, slug):
        drive_id, kind = self.random.choice(self.drives), self.random.choices(KINDS, (6, 1))[0]
        known = {COLUMNS[self.by]: self.random.choices(self.known[slug], self.weights)[0]}
        (pledge_id,) = add_signers(self.world, drive_id, slug, 1, state=kind, **known)
        self.standing.append((slug, pledge_id))

    def _change(self, mine):
        theirs = [one for one in self.standing if (one[0] == ATTACKER) == mine]
        if not theirs:
            return
        slug, pledge_id = one = self.random.choice(theirs)
        with self.world.context(slug) as session:
            pledge = session.get_one(Pledge, (self.world.organisations[slug], pledge_id))
            if self.random.random() < 0.5:
                setattr(pledge, COLUMNS[self.by], self.random.choice(self.known[slug]))
            else:
                pledge.state = "withdrawn"
                self.standing.remove(one)
            session.commit()

    def _read(self, mine):
        with self.world.context(ATTACKER) as session:
            columns = (
                TallyPublished.drive_id,
                TallyPublished.kind,
                TallyPublished.dimension,
                TallyPublished.cell,
            )
            rows = session.query(*columns, TallyPublished.audience, TallyPublished.n)
            read = {tuple(row[:5]): row.n for row in rows}
        for drive in self.drives:
            for kind in KINDS:
                self._suspect(drive, kind, read, mine)

    def _suspect(self, drive, kind, read, mine):
        """Take one's own part away from each table; what has moved belongs to the organisation that took a step."""

        def cell(dimension, name, audience="coalition"):
            return read.get((drive, kind, dimension, str(name), audience)) or 0

        whole = {slug: cell("organisation", row) for slug, row in self.world.organisations.items()}
        assert sum(whole.values()) == cell("all", "all") == cell("all", "all", "public")
        names = {slug: tuple(str(one or "unallocated") for one in self.known[slug]) for slug in self.known}
        tables = {slug: tuple(cell(self.by, name) for name in names[slug]) for slug in names}
        for slug in names:
            public = tuple(cell(self.by, name, "public") for name in names[slug])
            assert public == (tables[slug] if self.by == "sector" else (0, 0, 0))
        parts = self.parts.setdefault((drive, kind), dict.fromkeys(whole, (0, (0, 0, 0))))
        stepped = [slug for slug in whole if whole[slug] != parts[slug][0]]
        assert len(stepped) <= 1
        for slug in stepped:
            parts[slug] = (
                whole[slug],
                tuple(
                    tables[slug][place]
                    - sum(parts[o][1][place] for o in names if o != slug and names[o][place] == name)
                    for place, name in enumerate(names[slug])
                ),
            )
        for slug in OTHERS:
            self.suspects[drive, kind, slug].watch(*parts[slug], mine=mine)

    def learnt(self):
        return [what for suspect in self.suspects.values() for what in suspect.learnt]


@pytest.mark.parametrize(("by", "only_arrivals"), [("sector", True), ("sector", False), ("unit", False)])
def test_nothing_exact_under_ten_is_learnt(world, by, only_arrivals):
    drives = [open_a_drive(world, f"drive-{n}") for n in range(1 if only_arrivals else 2)]
    siege = Siege(world, drives, only_arrivals=only_arrivals, by=by)
    for _ in range(110 if only_arrivals else 220):
        siege.act()
    assert siege.learnt() == []
    assert max(suspect.shown for suspect in siege.suspects.values()) >= 20, "too little was there to be read"


HOLES = {
    "no ten kept apart": ("tens", "whole - f.all_cells < 10", "false", Rule(by_tens, keeps_ten_apart=False)),
    "shown as counted": (
        "step",
        None,
        "SELECT counted / 10 * 10",
        Rule(lambda _, counted: counted // 10 * 10),
    ),
}


@pytest.mark.parametrize("hole", HOLES)
def test_the_attack_finds_a_hole(world, owner, hole):
    name, old, new, rule = HOLES[hole]
    drive = open_a_drive(world)
    ((definition, body),) = owner.rows(
        "SELECT pg_get_functiondef(oid), prosrc FROM pg_proc WHERE proname = %s", name
    )
    holed = definition.replace(old or body, new)
    assert holed != definition
    owner.rows(
        f"GRANT CREATE ON SCHEMA app TO organising_counter; SET ROLE organising_counter; {holed}; "
        "SET ROLE organising_owner; REVOKE CREATE ON SCHEMA app FROM organising_counter"
    )
    arrivals = hole == "no ten kept apart"
    siege = Siege(
        world, [drive], rule, only_arrivals=arrivals, weights=(60, 1, 1), signs=0.7 if arrivals else 0.5
    )
    for _ in range(300):
        siege.act()
        if siege.learnt():
            return
    raise AssertionError("the attack did not find the hole")
