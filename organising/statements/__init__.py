"""Statements: sign-on letters, press releases, briefings and lines to take; agreed, locked, signed by partners and released."""
