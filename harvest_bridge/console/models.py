"""The console's tables."""

from __future__ import annotations

from .audit.models import AuditEntry, AuditHead, AuditSeal
from .workers.models import JobHour, Worker

__all__ = ["AuditEntry", "AuditHead", "AuditSeal", "JobHour", "Worker"]
