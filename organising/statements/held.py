"""Statements hold nobody of the public: who signs for an organisation does so in its name and in public."""

from organising.platform.people import about_nobody

about_nobody(
    {
        "statement_asked": "which partner is asked",
        "statement_comment": "what a colleague or partner says of a draft",
        "statement_notice": "which colleague was written to",
        "statement_resolution": "what became of a comment",
        "statement_sign_off": "which partner signs, and who signs for it in public",
        "statement_version": "texts of a statement",
    }
)
