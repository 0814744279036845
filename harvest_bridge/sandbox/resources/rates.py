"""Billable and cost rates of a person (REFERENCE §8.4): no PATCH, no DELETE."""

from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.call import Answer, Call, by_id
from harvest_bridge.sandbox.dependents import follow_rates
from harvest_bridge.sandbox.errors import not_found, unprocessable
from harvest_bridge.sandbox.forms import Form, day, number
from harvest_bridge.sandbox.rates import add_rate, following
from harvest_bridge.sandbox.records import Rate, User
from harvest_bridge.sandbox.rights import administrators, rate_managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.people import rate_shape

routes = Routes()
FORM = Form(number("amount", required=True), day("start_date"))


@routes.get("/users/{id}/billable_rates", may=rate_managers)
def list_billable_rates(call: Call, user_id: int) -> Answer:
    return _list(call, "billable_rates", _user(call, user_id).billable_rates)


@routes.get("/users/{id}/billable_rates/{id}", may=rate_managers)
def get_billable_rate(call: Call, user_id: int, rate_id: int) -> Answer:
    return _get(_user(call, user_id).billable_rates, rate_id)


@routes.post("/users/{id}/billable_rates", may=rate_managers)
def create_billable_rate(call: Call, user_id: int) -> Answer:
    user = _user(call, user_id)
    return _create(call, "billable_rates", user, user.billable_rates)


@routes.get("/users/{id}/cost_rates", may=administrators)
def list_cost_rates(call: Call, user_id: int) -> Answer:
    return _list(call, "cost_rates", _user(call, user_id).cost_rates)


@routes.get("/users/{id}/cost_rates/{id}", may=administrators)
def get_cost_rate(call: Call, user_id: int, rate_id: int) -> Answer:
    return _get(_user(call, user_id).cost_rates, rate_id)


@routes.post("/users/{id}/cost_rates", may=administrators)
def create_cost_rate(call: Call, user_id: int) -> Answer:
    user = _user(call, user_id)
    return _create(call, "cost_rates", user, user.cost_rates)


def _user(call: Call, user_id: int) -> User:
    return call.find(call.account.users, user_id, visible=call.rights.leads)


def _shape(rates: list[Rate], rate: Rate) -> dict[str, Any]:
    return rate_shape(rate, following(rates, rate))


def _list(call: Call, kind: str, rates: list[Rate]) -> Answer:
    """Oldest first; a later rate always has the larger id."""
    return call.listing(kind, rates, lambda rate: _shape(rates, rate), order=by_id)


def _get(rates: list[Rate], rate_id: int) -> Answer:
    for rate in rates:
        if rate.id == rate_id:
            return Answer(_shape(rates, rate))
    raise not_found()


def _create(call: Call, kind: str, user: User, rates: list[Rate]) -> Answer:
    """Without a start date it holds for all time, that of the past included."""
    values = FORM.new(call.body, call.account)
    if values.get("start_date") and values["start_date"] > call.today():
        raise unprocessable("Start date can't be in the future")
    rate = Rate(**call.fresh(kind), **values)
    add_rate(rates, rate)
    follow_rates(call.account, call.switches, rate.created_at, user)
    return call.created(_shape(rates, rate), rate)
