"""Tables of motions."""

from organising.motions.models.texts import ModelText, ModelVersion

__all__ = ["ModelText", "ModelVersion"]
