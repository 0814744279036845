"""The models of this app, which live in its sub-packages."""

from __future__ import annotations

from .identities.models import HarvestUser, Identity, IdentityEvent, MatchingRun
from .overrides.models import FieldMapping

__all__ = ["FieldMapping", "HarvestUser", "Identity", "IdentityEvent", "MatchingRun"]
