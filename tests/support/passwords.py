"""Hashes of passwords in tests: a real one is made to be slow, 0.2 s of processor time."""

from argon2 import PasswordHasher

from organising.accounts import services

PRODUCTS_OWN = services.HASHER


def hash_quickly() -> None:
    """Use Argon2 with the least it takes, in this process."""
    services.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    services.ABSENT = services.HASHER.hash("no such account")
