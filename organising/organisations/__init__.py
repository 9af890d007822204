"""Organisations: the partners, their units, members and invitations, and the campaign they run together."""
