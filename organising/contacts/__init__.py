"""Contacts: the people and institutions that one organisation knows. No partner sees another's."""
