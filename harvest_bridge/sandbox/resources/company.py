"""REFERENCE §8.1."""

from __future__ import annotations

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.fields import as_bool, as_int
from harvest_bridge.sandbox.rights import administrators
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.people import company_shape

routes = Routes()


@routes.get("/company", may=administrators)
def get_company(call: Call) -> Answer:
    return Answer(company_shape(call.account.company))


@routes.patch("/company", may=administrators)
def update_company(call: Call) -> Answer:
    """Only two settings can be changed; the rest is ignored."""
    company = call.account.company
    if "wants_timestamp_timers" in call.body:
        company.wants_timestamp_timers = as_bool(call.body["wants_timestamp_timers"])
    capacity = as_int(call.body.get("weekly_capacity"))
    if capacity is not None:
        company.weekly_capacity = capacity
    return get_company(call)
