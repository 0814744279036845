from __future__ import annotations

from django.apps import AppConfig


class MirrorConfig(AppConfig):
    name = "harvest_bridge.mirror"
    label = "mirror"
    verbose_name = "Mirror"
    default_auto_field = "django.db.models.BigAutoField"
