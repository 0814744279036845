"""Changing templates: each change is a version, with who made it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.provisioning.models import Template, TemplateVersion

Json = dict[str, Any]


@transaction.atomic
def save(template: Template, *, changed_by: str, secret: str = "") -> Template:
    """With a version of its own where content or mapping are new; `secret` replaces the one that is sealed."""
    last = template.versions.first() if Template.objects.filter(pk=template.pk).exists() else None
    is_new = last is None or (last.content, last.mapping) != (template.content, template.mapping)
    if is_new:
        template.version = (last.version if last else 0) + 1
    template.updated_at = timezone.now()
    template.save()
    if secret:  # bound to the row as it is saved: forms with inlines take the id of a new one away until then
        template.sealed_secret = key_ring().seal(secret, bound_to=template.binding)
        template.save(update_fields=["sealed_secret"])
    if is_new:
        TemplateVersion.objects.create(
            template=template,
            version=template.version,
            content=template.content,
            mapping=template.mapping,
            changed_by=changed_by,
        )
    return template


def secret_of(template: Template) -> str:
    """Errors: CannotOpen."""
    return key_ring().open(template.sealed_secret, bound_to=template.binding) if template.sealed_secret else ""
