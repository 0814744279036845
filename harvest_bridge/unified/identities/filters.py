"""What the list of identities can be narrowed by."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework.request import Request

from harvest_bridge.api.errors import InvalidRequest

from .models import Basis, Flag, Identity, IdentityState
from .queries import found_by

_CHOICES = {
    "state": IdentityState.values,
    "flag": [value for value in Flag.values if value],
    "basis": [value for value in Basis.values if value],
}
NAMES = ("external_id", "email", "q", "harvest_user_id", *_CHOICES)


def wanted_from(request: Request) -> dict[str, str]:
    """The filters given. Errors: InvalidRequest naming the parameter and what it may be."""
    wanted = {name: request.query_params[name] for name in NAMES if request.query_params.get(name)}
    for name, text in wanted.items():
        if "\0" in text:
            raise InvalidRequest(f"{name}: must not contain NUL.")
        if name in _CHOICES and text not in _CHOICES[name]:
            raise InvalidRequest(f"{name}: must be one of {', '.join(_CHOICES[name])}, not {text[:40]!r}.")
        if name == "harvest_user_id" and not (text.isascii() and text.isdigit() and len(text) < 19):
            raise InvalidRequest(f"harvest_user_id: must be a whole number, not {text[:40]!r}.")
    return wanted


def narrowed(rows: QuerySet[Identity], wanted: dict[str, str]) -> QuerySet[Identity]:
    for name, text in wanted.items():
        if name == "q":
            rows = found_by(rows, text)
        else:
            rows = rows.filter(**{"email__iexact" if name == "email" else name: text})
    return rows
