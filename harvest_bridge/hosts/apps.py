from __future__ import annotations

from django.apps import AppConfig


class HostsConfig(AppConfig):
    name = "harvest_bridge.hosts"
    verbose_name = "Host apps"
    default_auto_field = "django.db.models.BigAutoField"
