from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

from harvest_bridge.lazy_modules import without

# Rest framework takes up what it finds: here nothing of it reads YAML, or has columns of PostgreSQL's own kinds.
with without("requests", "yaml", *(["psycopg", "psycopg2"] if settings.ON_SQLITE else [])):
    import rest_framework.compat  # noqa: F401


class ApiConfig(AppConfig):
    name = "harvest_bridge.api"
    label = "api"
    verbose_name = "Requests"

    def ready(self) -> None:
        from harvest_bridge.crypto import rotation

        from .models import IdempotentWrite

        rotation.register(IdempotentWrite, "sealed_body", lambda row: row.binding)
