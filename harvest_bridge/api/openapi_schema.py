"""How drf-spectacular describes one of our calls. Only what serves views loads it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema

from harvest_bridge.errors import BridgeError

from .description import ANY_OTHER, codes_met, failure, kinds_of, package_of

Json = dict[str, Any]

# What any call can meet, what a call through to Harvest can meet besides, and what a body or a key adds.
_ALWAYS = (400, 401, 403, 404)
_OF_BODIES = {413, 415}
_OF_HARVEST = (409, 422, 424, 429, 502, 503, 504)


class BridgeSchema(AutoSchema):
    """Tokens come from the view's `accepts`, parameters of a whole family of views from its `parameters`."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Json | None:
        operation: Json | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            operation["responses"] |= _failures(self.view, str(self.method))
        return operation

    def get_override_parameters(self) -> list[Any]:
        return [*getattr(self.view, "parameters", ()), *super().get_override_parameters()]

    def get_auth(self) -> list[Json]:
        return [{caller.scheme: []} for caller in getattr(self.view, "accepts", ()) if self.view.permission_classes]

    def map_parsers(self) -> list[Any]:
        """JSON, whatever a client calls it: `AnyTypeJsonParser` takes what has no type, but nobody should send that."""
        return ["application/json"]

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "tag", "Other")]


def _failures(view: Any, method: str) -> Json:
    area = type(view).__module__.rpartition(".")[0]
    own = {kind.status for kind in kinds_of(BridgeError) if package_of(kind) == area}
    has_body = method in ("POST", "PUT", "PATCH")
    statuses = {*_ALWAYS, *own, *(_OF_HARVEST if getattr(view, "reaches_harvest", False) else ())}
    if has_body:
        statuses |= _OF_BODIES
    never = () if has_body else ("parse_error",)
    met = {status: [code for code in codes_met(status, area) if code not in never] for status in sorted(statuses)}
    return {str(status): failure(status, codes) for status, codes in met.items() if codes} | ANY_OTHER
