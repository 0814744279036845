"""What apps add to the admin's dashboard, to the page of a tenant and to the search, without knowing the console.

An app registers in a module `admin_parts.py` of its own, which the console loads with its pages.
"""

from __future__ import annotations

from . import search
from .cards import Card, Line, Link, Need, Tone
from .dashboard import DashboardPart
from .tenant_page import Tenant, TenantPart

__all__ = ["Card", "DashboardPart", "Line", "Link", "Need", "Tenant", "TenantPart", "Tone", "search"]
