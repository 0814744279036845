"""What crosses the border of /provisioning: what is wanted of a deal."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from rest_framework import serializers

from harvest_bridge.api.inputs import FlagField, OneOfField, StrictInput

Json = dict[str, Any]

LONGEST_WAIT = 60
MOST_PARTS = 200
MOST_WORDS = 255
_CURRENCY = r"^[A-Z]{3}$"
_LARGEST_ID = 2**63 - 1
_MOST_MONEY = 999_999_999_999


def _id(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=_LARGEST_ID, required=False, **options)


def _text(length: int = MOST_WORDS, **options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=length, **{"required": False, **options})


class MoneyField(serializers.FloatField):
    """A number of two decimals at most, as Harvest has money and hours."""

    def to_internal_value(self, data: Any) -> float:
        value = super().to_internal_value(data)
        if isinstance(data, bool) or not math.isfinite(value):
            self.fail("invalid")
        if round(value, 2) != value:
            raise serializers.ValidationError("Has more than two decimals.")
        return int(value) if value.is_integer() else value


def _money() -> MoneyField:
    return MoneyField(min_value=0, max_value=_MOST_MONEY, required=False)


def _flag() -> FlagField:
    return FlagField(required=False)


class ContactInput(StrictInput):
    first_name = serializers.CharField(max_length=MOST_WORDS)
    last_name = _text()
    title = _text()
    email = serializers.EmailField(required=False)
    phone_office = _text(50)
    phone_mobile = _text(50)


class ClientInput(StrictInput):
    """By `id`, or by `name`; `external_id` is the company's id in the CRM, to which the client is kept linked."""

    id = _id()
    external_id = _text()
    name = _text()
    currency = serializers.RegexField(_CURRENCY, required=False)
    address = _text(1000)
    restore_archived = _flag()
    create_new = _flag()
    contacts = serializers.ListField(child=ContactInput(), required=False, max_length=50)

    def validate(self, attrs: Json) -> Json:
        if attrs.get("id") is None and not attrs.get("name"):
            raise serializers.ValidationError({"name": ["Give the client's name or its Harvest id."]})
        return attrs


class ProjectInput(StrictInput):
    """Harvest's own fields; `currency` is only compared with the client's."""

    id = _id()
    name = _text()
    code = _text(100)
    restore_archived = _flag()
    create_new = _flag()
    currency = serializers.RegexField(_CURRENCY, required=False)
    notes = _text(10_000)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)
    is_billable = _flag()
    is_fixed_fee = _flag()
    fee = _money()
    bill_by = OneOfField(("Project", "Tasks", "People", "none"), required=False)
    hourly_rate = _money()
    budget_by = OneOfField(("project", "project_cost", "task", "task_fees", "person", "none"), required=False)
    budget = _money()
    budget_is_monthly = _flag()
    cost_budget = _money()
    cost_budget_include_expenses = _flag()
    notify_when_over_budget = _flag()
    over_budget_notification_percentage = _money()
    show_budget_to_all = _flag()

    def validate(self, attrs: Json) -> Json:
        if all(not attrs.get(name) for name in ("id", "name", "code")):
            raise serializers.ValidationError({"name": ["Give the project's name, its code, or its Harvest id."]})
        return attrs


class TaskInput(StrictInput):
    """By `id` or `name`; one that is not there is made, unless `must_exist`."""

    id = _id()
    name = _text()
    must_exist = _flag()
    create_new = _flag()
    restore_archived = _flag()
    billable = _flag()
    hourly_rate = _money()
    budget = _money()

    def validate(self, attrs: Json) -> Json:
        if attrs.get("id") is None and not attrs.get("name"):
            raise serializers.ValidationError({"name": ["Give the task's name or its Harvest id."]})
        return attrs


class InviteInput(StrictInput):
    first_name = serializers.CharField(max_length=MOST_WORDS)
    last_name = serializers.CharField(max_length=MOST_WORDS)


class PersonInput(StrictInput):
    """Somebody by one of four ways; a role is everybody active who has it."""

    harvest_user_id = _id()
    external_id = _text()
    email = serializers.EmailField(required=False)
    role = _text()
    is_project_manager = _flag()
    hourly_rate = _money()
    budget = _money()
    invite = InviteInput(required=False)

    def validate(self, attrs: Json) -> Json:
        ways = [way for way in ("harvest_user_id", "external_id", "email", "role") if attrs.get(way) is not None]
        if len(ways) != 1:
            text = "Say who it is, in one way: harvest_user_id, external_id, email or role."
            raise serializers.ValidationError({ways[1] if ways else "email": [text]})
        if attrs.get("invite") and ways != ["email"]:
            raise serializers.ValidationError({"invite": ["Takes an email."]})
        return attrs


class DealInput(StrictInput):
    """What is wanted of one deal."""

    client = ClientInput()
    project = ProjectInput()
    tasks = serializers.ListField(child=TaskInput(), default=list, max_length=MOST_PARTS)
    people = serializers.ListField(child=PersonInput(), default=list, max_length=MOST_PARTS)
    invite_people = FlagField(default=False)


class RunInput(DealInput):
    """The deal by its `external_id`, what is wanted of it, and how."""

    external_id = serializers.CharField(max_length=MOST_WORDS)
    dry_run = FlagField(default=False)
    apply_changes = FlagField(default=False)
    wait = serializers.FloatField(min_value=0, max_value=LONGEST_WAIT, default=0)


class UndoInput(StrictInput):
    dry_run = FlagField(default=False)
    wait = serializers.FloatField(min_value=0, max_value=LONGEST_WAIT, default=0)


class ContinueInput(StrictInput):
    wait = serializers.FloatField(min_value=0, max_value=LONGEST_WAIT, default=0)


_WANTED = ("client", "project", "tasks", "people", "invite_people")


def wanted_of(asked: Mapping[str, Any]) -> Json:
    """What is kept of a body, and compared with the next one: JSON with numbers as they are sent to Harvest."""
    found: Json = json.loads(json.dumps({name: asked[name] for name in _WANTED if name in asked}, default=_plain))
    return found


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else str(value)
