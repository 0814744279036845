"""People and what they can track to (REFERENCE §8.2, §8.3)."""

from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.dependents import follow_rates
from harvest_bridge.sandbox.errors import forbidden, unprocessable
from harvest_bridge.sandbox.fields import as_text
from harvest_bridge.sandbox.filters import bool_filter, updated_since
from harvest_bridge.sandbox.forms import Form, choice, flag, items, number, text, whole
from harvest_bridge.sandbox.people import access_roles_of, forget, has_tracked, identify
from harvest_bridge.sandbox.rates import set_current_rate
from harvest_bridge.sandbox.records import User
from harvest_bridge.sandbox.rights import administrators, managers
from harvest_bridge.sandbox.roles import labels_of, set_labels
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.people import user_shape
from harvest_bridge.sandbox.timezones import IANA_NAMES, zone_for

routes = Routes()


def _names(account: Account, values: list[Any]) -> list[str]:
    return [str(as_text(value)) for value in values]


FORM = Form(
    text("first_name", required=True),
    text("last_name", required=True),
    text("email", required=True),
    text("telephone", empty=""),
    choice("timezone", IANA_NAMES),
    flag("has_access_to_all_future_projects"),
    flag("is_contractor"),
    flag("is_active"),
    whole("weekly_capacity"),
    number("default_hourly_rate"),
    number("cost_rate"),
    items("roles", _names),
    items("access_roles", lambda account, values: access_roles_of(_names(account, values))),
    flag("saml_exempt"),
)
FOR_ADMINISTRATORS = ("email", "access_roles", "roles", "is_active", "cost_rate")
FIXED_WHILE_ARCHIVED = ("first_name", "last_name", "email")


def render_user(call: Call, user: User) -> dict[str, Any]:
    today = call.world.clock.today(zone_for(user.timezone))
    with_claims = call.path == "/users/me" or call.switches.permissions_claims == "everywhere"
    return user_shape(user, labels_of(call.account, user), call.rights, today, with_claims=with_claims)


@routes.get("/users", may=managers)
def list_users(call: Call) -> Answer:
    """A manager sees those assigned as teammates."""
    rows = [user for user in call.account.users.rows() if call.rights.leads(user)]
    is_active = bool_filter(call.query, "is_active")
    if is_active is not None:
        rows = [user for user in rows if user.is_active is is_active]
    return call.listing("users", updated_since(rows, call.query), lambda user: render_user(call, user))


@routes.get("/users/me")
def get_me(call: Call) -> Answer:
    return Answer(render_user(call, call.person))


@routes.get("/users/{id}", may=managers)
def get_user(call: Call, user_id: int) -> Answer:
    return Answer(render_user(call, _visible(call, user_id)))


@routes.post("/users", may=administrators)
def create_user(call: Call) -> Answer:
    """An invitation goes out. Errors: 422, a taken e-mail address among them."""
    values = FORM.new(call.body, call.account)
    _refuse_taken(call, values["email"], None)
    rest = _split(values)
    company = call.account.company
    fresh = call.fresh("users")
    user = User(**fresh, **{"timezone": company.timezone, "weekly_capacity": company.weekly_capacity, **values})
    user.avatar_url = (
        f"https://cache.harvestapp.com/assets/profile_images/big_ben.png?{int(fresh['created_at'].timestamp())}"
    )
    call.account.users.add(user)
    _apply_rest(call, user, rest)
    identify(call.world, call.account, user)
    call.world.outbox.invite(call.account, user)
    return call.created(render_user(call, user), user)


@routes.patch("/users/{id}", may=managers)
def update_user(call: Call, user_id: int) -> Answer:
    """Errors: 403 for what only administrators change; 422 while archived, for names and e-mail."""
    user = _visible(call, user_id)
    values = FORM.changes(call.body, call.account)
    if not call.rights.is_administrator and any(name in values for name in FOR_ADMINISTRATORS):
        raise forbidden()
    if not user.is_active and not values.get("is_active"):
        _refuse_changed(user, values)
    if "email" in values:
        _refuse_taken(call, values["email"], user)
    if values.get("is_active") is False and call.account.time_entries.running_of(user.id):
        raise unprocessable("User can't be archived while a timer is running")
    rest = _split(values)
    call.change(call.account.users, user, values)
    _apply_rest(call, user, rest)
    return Answer(render_user(call, user))


@routes.delete("/users/{id}", may=administrators)
def delete_user(call: Call, user_id: int) -> Answer:
    user = _visible(call, user_id)
    if user is call.person:
        raise unprocessable("You can't delete yourself")
    if has_tracked(call.account, user):
        raise unprocessable("This user is not removable. It still has time entries and/or expenses.")
    shape = render_user(call, user)
    call.account.users.remove(user)
    forget(call.world, call.account, user)
    return call.deleted(shape)


def _visible(call: Call, user_id: int) -> User:
    return call.find(call.account.users, user_id, visible=lambda user: user is call.person or call.rights.leads(user))


def _refuse_taken(call: Call, email: str, owner: User | None) -> None:
    if any(one.email.lower() == email.lower() and one is not owner for one in call.account.users):
        raise unprocessable(f"Email address {email} is already in use")


def _refuse_changed(user: User, values: dict[str, Any]) -> None:
    for name in FIXED_WHILE_ARCHIVED:
        if name in values and values[name] != getattr(user, name):
            raise unprocessable(f"{name.replace('_', ' ').capitalize()} can't be changed while the user is archived")


def _split(values: dict[str, Any]) -> dict[str, Any]:
    """Take out what is kept elsewhere than in the user's own record."""
    return {name: values.pop(name) for name in ("roles", "default_hourly_rate", "cost_rate") if name in values}


def _apply_rest(call: Call, user: User, rest: dict[str, Any]) -> None:
    if "roles" in rest:
        set_labels(call, user, rest["roles"])
    if "default_hourly_rate" in rest and call.rights.sees_billable_rates:
        set_current_rate(call, user.billable_rates, "billable_rates", rest["default_hourly_rate"])
    if "cost_rate" in rest:
        set_current_rate(call, user.cost_rates, "cost_rates", rest["cost_rate"])
    if "default_hourly_rate" in rest or "cost_rate" in rest:
        follow_rates(call.account, call.switches, call.stamp(), user)
