"""Changing templates: each change is a version, with who made it."""

from __future__ import annotations

import difflib
import json
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


def changes_of(version: TemplateVersion) -> str:
    """What is another line than in the version before, as a unified diff; of the first one everything."""
    before = version.template.versions.filter(version__lt=version.version).first()
    texts = [json.dumps(_parts(one), indent=1, ensure_ascii=False).splitlines() for one in (before, version) if one]
    old, new = texts if before else ([], texts[0])
    lines = list(difflib.unified_diff(old, new, n=1, lineterm=""))[2:]  # after the names of the files
    return "\n".join(lines)


def _parts(version: TemplateVersion) -> Json:
    return {"content": version.content, "mapping": version.mapping}


def secret_of(template: Template) -> str:
    """Errors: CannotOpen."""
    return key_ring().open(template.sealed_secret, bound_to=template.binding) if template.sealed_secret else ""
