"""The admin of this app, which lives in `operators`."""

from __future__ import annotations

from .operators.inbox_admin import InboxEventAdmin
from .operators.run_admin import RunAdmin
from .operators.template_admin import TemplateAdmin

__all__ = ["InboxEventAdmin", "RunAdmin", "TemplateAdmin"]
