"""The console's one table."""

from __future__ import annotations

from .audit.models import AuditEntry

__all__ = ["AuditEntry"]
