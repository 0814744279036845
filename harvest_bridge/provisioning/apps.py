from __future__ import annotations

from django.apps import AppConfig


class ProvisioningConfig(AppConfig):
    name = "harvest_bridge.provisioning"
    label = "provisioning"
    verbose_name = "Provisioning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harvest_bridge.crypto import rotation

        from . import events  # noqa: F401 (registers its types)
        from .models import Template

        rotation.register(Template, "sealed_secret", lambda template: template.binding)
