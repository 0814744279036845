"""The models of this app, which live in its sub-packages."""

from __future__ import annotations

from .identities.models import HarvestUser, Identity, IdentityEvent, MatchingRun

__all__ = ["HarvestUser", "Identity", "IdentityEvent", "MatchingRun"]
