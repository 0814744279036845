"""The console's tables."""

from __future__ import annotations

from .audit.models import AuditEntry, AuditHead, AuditSeal

__all__ = ["AuditEntry", "AuditHead", "AuditSeal"]
