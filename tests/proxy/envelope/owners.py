"""Parents that have something in a nested collection of the sandbox's."""

from __future__ import annotations

from harvest_bridge.proxy.resource import Resource
from harvest_bridge.sandbox.testing import RunningSandbox


def owner_of(resource: Resource, sandbox: RunningSandbox) -> dict[str, int]:
    match resource.parent:
        case "user_id":
            return {"user_id": sandbox.user("bruno").id}
        case "project_id":
            return {"project_id": sandbox.pick("carmen")[0].id}
        case "invoice_id":
            return {"invoice_id": first_of("invoices", sandbox)}
        case "estimate_id":
            return {"estimate_id": first_of("estimates", sandbox)}
    return {}


def first_of(collection: str, sandbox: RunningSandbox) -> int:
    return int(sandbox.get(f"/v2/{collection}", "alice").json()[collection][0]["id"])
