"""Loads the pages of the admin. Only what serves them does so: a worker needs none."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.utils.module_loading import autodiscover_modules

from harvest_bridge.lazy_modules import without

from .dashboard import audit, requests, workers
from .tenant_pages import panels


def load() -> None:
    """Every app's `admin.py` and `admin_panels.py`; once for a process."""
    with without(*(["psycopg", "psycopg2"] if settings.ON_SQLITE else [])):  # unfold has fields of PostgreSQL's kinds
        admin.autodiscover()
    requests.register()
    workers.register()
    audit.register()
    panels.register()
    autodiscover_modules("admin_panels")
