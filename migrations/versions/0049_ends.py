"""Who was taken out of the count may still take everything back; consents say their words in English; kept figures stay."""

import sqlalchemy as sa
from alembic import op

from organising.platform.schema import policy

revision = "0049_ends"
down_revision = "0051_contacts"

PUBLIC = "organising_public"
MINE = "signing_id = (SELECT app.subject())"
ENDED = "('withdrawn', 'erased')"
STATES = "'pending', 'confirmed', 'witnessed'"
GUARD = "app.guard_pledge()"
STEP = "'invalidated>erased',"
STEPS = f"{STEP} 'invalidated>withdrawn',"
# Only the organisation that took it out of the count puts it back.
CHECKED = "IF NEW.state <> OLD.state AND"
HELD_BACK = (
    f"IF current_user = '{PUBLIC}' AND OLD.state = 'invalidated' AND NEW.state NOT IN {ENDED} THEN\n"
    "              RAISE EXCEPTION 'its signer can only end what was taken out of the count';\n"
    "            END IF;\n            "
)
PUBLISHED = "status IN ('open', 'closed') OR (status = 'draft' AND is_announced AND opens_at IS NOT NULL)"
# The title of a drive that has ended for good is read with the figures that were kept of it.
KEPT = "status = 'archived' AND EXISTS (SELECT FROM tally_frozen f WHERE f.drive_id = pledge_drive.id)"
# The English words of each consent, as they have been since the first; {name}: the organisation's short name.
WORDS = {
    "pledge": (
        "By signing I agree that {name} keeps my name, email address and postcode to count me once. "
        "I know that my signature says something about my political beliefs, and I can withdraw it at any time."
    ),
    "updates": "{name} may email me about this campaign and how else I can help.",
    "shared": "{name}, which leads the campaign, may also keep a copy of my signature and email me about it.",
    "public_name": (
        "Show my name, and nothing else, on the public list of people who signed. "
        "I can take it off the list at any time."
    ),
}


def upgrade() -> None:
    _guard({STEP: STEPS, CHECKED: HELD_BACK + CHECKED})
    _ends(f"{STATES}, 'invalidated'")
    op.execute(f"ALTER POLICY published ON pledge_drive USING ({PUBLISHED} OR ({KEPT}))")
    op.add_column(
        "pledge_consent", sa.Column("wording_version", sa.SmallInteger, nullable=False, server_default="1")
    )
    op.alter_column("pledge_consent", "wording_version", server_default=None)
    _in_english()


def _guard(changes: dict[str, str]) -> None:
    body = str(op.get_bind().scalar(sa.text(f"SELECT pg_get_functiondef('{GUARD}'::regprocedure)")))
    for old, new in changes.items():
        assert body.count(old) == 1, old
        body = body.replace(old, new)
    op.execute(body)


def _ends(states: str) -> None:
    op.execute("DROP POLICY mine_update ON pledge")
    policy(
        op, "pledge", "mine_update", "UPDATE", PUBLIC,
        f"{MINE} AND state IN ({states})", f"{MINE} AND state IN ('confirmed', 'withdrawn', 'erased')",
    )  # fmt: skip


def _in_english() -> None:
    """In which language somebody agreed hints at where they are from: the words in English and their version say what to."""
    kind = (
        "CASE WHEN c.purpose = 'updates' AND p.part = 'shared_with_consent' THEN 'shared' ELSE c.purpose END"
    )
    words = " ".join(f"WHEN '{name}' THEN '{text}'" for name, text in WORDS.items())
    op.execute(
        f"UPDATE pledge_consent t SET wording = replace(CASE {kind} {words} END, '{{name}}', o.short_name) "
        "FROM pledge_consent c JOIN organisation o ON o.id = c.organisation_id "
        "JOIN pledge p ON p.organisation_id = c.organisation_id AND p.id = c.pledge_id "
        "WHERE t.organisation_id = c.organisation_id AND t.id = c.id"
    )


def downgrade() -> None:
    op.drop_column("pledge_consent", "wording_version")
    op.execute(f"ALTER POLICY published ON pledge_drive USING ({PUBLISHED})")
    _ends(STATES)
    _guard({STEPS: STEP, HELD_BACK: ""})
