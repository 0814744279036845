"""The admin of this app, which lives in its sub-packages."""

from __future__ import annotations

from .identities.admin import IdentityAdmin
from .overrides.admin import FieldMappingAdmin

__all__ = ["FieldMappingAdmin", "IdentityAdmin"]
