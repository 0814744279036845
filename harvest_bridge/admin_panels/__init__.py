"""What apps add to the admin's dashboard, to the page of a tenant and to the search, without knowing the console.

An app registers in a module `admin_panels.py` of its own, which the console loads with its pages.
"""

from __future__ import annotations

from . import search
from .cards import Card, Line, Link, Need, Tone
from .dashboard import DashboardPanel
from .tenant_page import Tenant, TenantPanel

__all__ = ["Card", "DashboardPanel", "Line", "Link", "Need", "Tenant", "TenantPanel", "Tone", "search"]
