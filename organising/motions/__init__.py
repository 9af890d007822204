"""Motions: model texts, the wording that a body is asked to carry, what became of it, and whom that was told."""
