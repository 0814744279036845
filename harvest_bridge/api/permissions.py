"""Permission classes: each view names the callers it accepts and the scope it needs."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from .callers import Caller
from .errors import MissingScope, TokenNotAccepted


def missing(scope: str) -> str:
    """What to tell a caller, whose token is an API key or was made with one."""
    return f"The API key of this call lacks the scope “{scope}”; add it in the admin or use another key."


class AcceptedCaller(BasePermission):
    """Reads `accepts` (caller classes) and `scope` from the view; a view without `accepts` accepts nobody.

    A `scope` may be several, all of which are needed.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        caller = request.user
        if not isinstance(caller, Caller) or not isinstance(caller, tuple(getattr(view, "accepts", ()))):
            raise TokenNotAccepted("This kind of token is not accepted here; see docs/api.md, “Tokens”.")
        scope = getattr(view, "scope", None)
        for needed in (scope,) if isinstance(scope, str) else scope or ():
            if not caller.may(needed):
                raise MissingScope(missing(needed))
        return True
