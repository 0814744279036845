from __future__ import annotations

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """Makes `manage.py sandbox` known; the sandbox itself has no models and needs no Django settings."""

    name = "harvest_bridge.sandbox"
    label = "sandbox"
    verbose_name = "Sandbox Harvest"
