from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "harvest_bridge.api"
    label = "api"
    verbose_name = "REST plumbing"
