"""The right to try something again, which the support role holds without that to change anything.

A model whose admin can try again declares it: `permissions = [("retry_delivery", "Can retry delivery")]`.
"""

from __future__ import annotations

from django.db.models import Model
from django.http import HttpRequest


def may_retry(request: HttpRequest, model: type[Model]) -> bool:
    """Whoever may change it may try it again too."""
    app, name = model._meta.app_label, model._meta.model_name
    return any(request.user.has_perm(f"{app}.{right}_{name}") for right in ("retry", "change"))
