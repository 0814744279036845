"""Which modules an account has switched off, as its `company` tells whoever may read it."""

from __future__ import annotations

import msgspec

from .models import Mirror, Record
from .resources import Resource


def is_off(mirror: Mirror, resource: Resource) -> bool:
    """False where nobody knows: then the list itself tells."""
    if not resource.feature:
        return False
    rows = Record.objects.filter(stream__mirror=mirror, stream__resource="company", deleted_at=None)
    raw = rows.values_list("raw", flat=True).first()
    return raw is not None and msgspec.json.decode(raw).get(resource.feature) is False
