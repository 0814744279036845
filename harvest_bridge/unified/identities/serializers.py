"""What crosses the border: people in, identities out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.inputs import FlagField, OneOfField, StrictInput
from harvest_bridge.api.text_validation import is_readable

from .decisions import DECISIONS
from .models import HarvestUser, Identity, IdentityEvent, MatchingRun

MOST_AT_ONCE = 10_000
MOST_DECISIONS = 500
_LONGEST = 255
_LARGEST = 2**63 - 1
_NAMES = ("external_id", "email", "name")
Failure = dict[str, Any]


HARVEST_ID: dict[str, Any] = {"type": ["integer", "string"], "minimum": 1, "pattern": "^[1-9][0-9]{0,18}$"}


@extend_schema_field(HARVEST_ID)
class HarvestIdField(serializers.IntegerField):
    """The id of a Harvest user as Harvest has it, a number, or as our answers have it, its digits."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=_LARGEST, **options)


class DecisionInput(StrictInput):
    """One Harvest user, where the decision names one."""

    harvest_user_id = HarvestIdField(required=False)


class OverrideInput(StrictInput):
    harvest_user_id = HarvestIdField(allow_null=True)
    take_over = FlagField(default=False)


class BulkDecisionInput(OverrideInput):
    """One row of many: whom it is about, and what is decided."""

    id = serializers.CharField(max_length=64)
    decision = OneOfField(DECISIONS)
    harvest_user_id = HarvestIdField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """An override without a word about the user could be a slip, and would end a match."""
        if attrs["decision"] == "override" and "harvest_user_id" not in attrs:
            raise serializers.ValidationError({"harvest_user_id": "Name a Harvest user, or null to end the match."})
        return attrs


class SharedDecisionInput(StrictInput):
    """One decision about several people, as the admin's page sends it."""

    ids = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_DECISIONS)
    decision = OneOfField(DECISIONS)
    harvest_user_id = HarvestIdField(default=None, allow_null=True)
    take_over = FlagField(default=False)


def decisions_from(body: Any) -> list[Any]:
    """The rows as they came. Errors: InvalidRequest for a body that is no list of them, or too long."""
    rows = body.get("decisions") if isinstance(body, dict) else body
    if not isinstance(rows, list):
        raise InvalidRequest('decisions: send a list of decisions, or {"decisions": […]}.')
    if len(rows) > MOST_DECISIONS:
        raise InvalidRequest(f"decisions: at most {MOST_DECISIONS} at once, not {len(rows):,}; send them in parts.")
    return rows


def people_from(body: Any) -> tuple[list[dict[str, str]], list[Failure]]:
    """The rows that can be kept, and the others by index and field.

    Shape: a list, or `{"identities": [...]}`. Errors: InvalidRequest for a body that is neither, or too long.
    """
    rows = body.get("identities") if isinstance(body, dict) else body
    if not isinstance(rows, list):
        raise InvalidRequest('identities: send a list of people, or {"identities": […]}.')
    if len(rows) > MOST_AT_ONCE:
        raise InvalidRequest(
            f"identities: at most {MOST_AT_ONCE:,} people at once, not {len(rows):,}; send them in parts."
        )
    people: dict[str, dict[str, str]] = {}
    failed: list[Failure] = []
    for index, row in enumerate(rows):
        person, problem = _person(row)
        if not problem and person["external_id"] in people:
            problem = ("external_id", "stands in this upload already; the first one was taken.")
        if problem:
            shown = person["external_id"][:_LONGEST] if is_readable(person["external_id"]) else ""
            failed.append({"index": index, "external_id": shown or None, "field": problem[0], "message": problem[1]})
        else:
            people[person["external_id"]] = person
    return list(people.values()), failed


def _person(row: Any) -> tuple[dict[str, str], tuple[str, str] | None]:
    person = dict.fromkeys(_NAMES, "")
    if not isinstance(row, dict):
        return person, ("", "must be an object with external_id, email and name.")
    problem = None
    for name in _NAMES:
        value = row.get(name)
        value = (
            str(value) if isinstance(value, int) and not isinstance(value, bool) and name == "external_id" else value
        )
        text = value.strip() if isinstance(value, str) else ""
        problem = problem or _problem_of(name, value, text)
        person[name] = text
    return person, problem


def _problem_of(name: str, value: Any, text: str) -> tuple[str, str] | None:
    if value is not None and not isinstance(value, str):
        return name, "must be text."
    if len(text) > _LONGEST or not is_readable(text):
        return name, f"must be at most {_LONGEST} characters of valid Unicode, without NUL."
    if name == "external_id" and not text:
        return name, "must say who it is; it may not be empty."
    if name == "email" and text and not _is_address(text):
        return name, "must be an e-mail address, or empty."
    return None


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def serialize_identity(identity: Identity, users: dict[int, HarvestUser]) -> dict[str, Any]:
    """One person. `users` holds the Harvest users that the identity speaks of."""
    return {
        "id": str(identity.pk),
        "external_id": identity.external_id,
        "email": identity.email or None,
        "name": identity.name or None,
        "state": identity.state,
        "basis": identity.basis or None,
        "flag": identity.flag or None,
        "harvest_user": serialize_user(identity.harvest_user_id, users) if identity.harvest_user_id else None,
        "candidates": [
            {
                "harvest_user": serialize_user(one["harvest_user_id"], users),
                "score": one["score"],
                "reasons": one["reasons"],
            }
            for one in identity.candidates
        ],
        "created_at": _iso(identity.created_at),
        "updated_at": _iso(identity.updated_at),
    }


def serialize_user(harvest_user_id: int, users: dict[int, HarvestUser]) -> dict[str, Any]:
    """Ids of Harvest's records are strings, as everywhere in the directory."""
    user = users.get(harvest_user_id)
    return {
        "id": str(harvest_user_id),
        "name": user.name if user else None,
        "email": user.email if user else None,
        "status": "active" if user and not user.flag else (user.flag if user else "vanished"),
    }


def serialize_event(event: IdentityEvent) -> dict[str, Any]:
    user = str(event.harvest_user_id) if event.harvest_user_id else None
    return {"what": event.what, "harvest_user_id": user, "actor": event.actor, "at": _iso(event.at)}


def serialize_run(run: MatchingRun) -> dict[str, Any]:
    return {
        "id": str(run.pk),
        "status": run.status,
        "people": run.people,
        "compared": run.compared,
        "counts": run.counts,
        "error": run.error,
        "created_at": _iso(run.created_at),
        "finished_at": _iso(run.finished_at) if run.finished_at else None,
    }


def spoken_of(identities: Iterable[Identity]) -> set[int]:
    """The Harvest users in these identities."""
    ids = {one["harvest_user_id"] for row in identities for one in row.candidates}
    return ids | {row.harvest_user_id for row in identities if row.harvest_user_id}


def _iso(moment: Any) -> str:
    return str(moment.isoformat()).replace("+00:00", "Z")
