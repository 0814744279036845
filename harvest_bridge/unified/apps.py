from __future__ import annotations

from django.apps import AppConfig


class UnifiedConfig(AppConfig):
    name = "harvest_bridge.unified"
    label = "unified"
    verbose_name = "Unified user directory"
