"""What may be written in the directory, and what Harvest is sent for it. The way back from `mapping`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.inputs import FlagField, Input, OneOfField
from harvest_bridge.harvest.timezones import IANA_NAMES, harvest_name_of

Json = dict[str, Any]
# Appears and disappears with the team that somebody leads; Harvest does not take it (REFERENCE §6.1).
_BY_ITSELF = "people_manager"
_LONGEST_WEEK = 7 * 24 * 3600


class WholeInput(Input):
    """Nothing that is sent is lost: what cannot be written is refused, however deep it stands."""

    def to_internal_value(self, data: Any) -> Any:
        writable = sorted(self.fields)
        for name in data if isinstance(data, Mapping) else ():
            if name not in writable:
                raise serializers.ValidationError(
                    {str(name)[:40]: f"this cannot be written; writable are {', '.join(writable)}."}
                )
        return super().to_internal_value(data)


class NothingField(serializers.CharField):
    """A field of the schema that Harvest has no place for: as it is read, so it may be sent back, empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, allow_null=True, allow_blank=True, **options)

    def to_internal_value(self, data: Any) -> str:
        if data != "":
            raise serializers.ValidationError("Harvest has no place for this; leave it out.")
        return ""


class EmailInput(WholeInput):
    """Its `type` is not kept: in Harvest every address is one for work."""

    email = serializers.EmailField(max_length=255)
    type = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    is_primary = FlagField(required=False, default=True)

    def validate_is_primary(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError("The one address that Harvest keeps is the primary one.")
        return value


class PhoneInput(WholeInput):
    """Its `type` is not kept either."""

    number = serializers.CharField(max_length=255)
    extension = NothingField()
    type = serializers.CharField(required=False, allow_null=True, allow_blank=True)


class UserRoleInput(WholeInput):
    """As a person's `roles` come: a job role, or a right (`group: "access"`). The name tells which."""

    id = serializers.CharField(required=False, allow_null=True)
    name = serializers.CharField(max_length=255)
    group = OneOfField(["job", "access"], required=False, default="job")
    organization = NothingField()
    workspace = NothingField()


class DirectoryInput(WholeInput):
    """`remote_data` goes to Harvest as it is."""

    remote_data = serializers.DictField(required=False, default=dict)

    @classmethod
    def of(cls, data: Any, *, is_new: bool) -> Json:
        """The fields that were given. Errors: InvalidRequest, DRF's ValidationError; both name the field."""
        if not isinstance(data, Mapping):
            raise InvalidRequest("The body must be a JSON object.")
        serializer = cls(data=data, partial=not is_new)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class UserInput(DirectoryInput):
    """Harvest keeps one e-mail address and one telephone number for each person: more are refused."""

    first_name = serializers.CharField(max_length=255)
    last_name = serializers.CharField(max_length=255)
    emails = serializers.ListField(child=EmailInput(), min_length=1, max_length=1)
    phones = serializers.ListField(child=PhoneInput(), max_length=1, required=False)
    status = OneOfField(["active", "inactive"], required=False)
    user_type = OneOfField(["employee", "contractor"], required=False)
    roles = serializers.ListField(child=UserRoleInput(), required=False)
    weekly_capacity = serializers.IntegerField(
        required=False, min_value=0, max_value=_LONGEST_WEEK, help_text="Seconds of work a week."
    )
    timezone = serializers.CharField(
        required=False,
        help_text="An IANA name; one that Harvest does not know becomes the nearest with the same clock.",
    )

    def validate_timezone(self, value: str) -> str:
        """Harvest's name for the zone."""
        if value in IANA_NAMES:
            return value
        name = harvest_name_of(value, now=timezone.now())
        if name is None:
            raise serializers.ValidationError(
                f"No time zone of Harvest has the clock of {value[:40]!r}; give an IANA name such as Europe/Berlin."
            )
        return name


class RoleInput(DirectoryInput):
    """`user_ids` is the whole membership."""

    name = serializers.CharField(max_length=255)
    user_ids = serializers.ListField(child=serializers.RegexField(r"^[1-9][0-9]{0,18}$"), required=False)


def harvest_user(given: Json) -> Json:
    """The body for Harvest's users: what was given and no more; `remote_data` first, so that named fields win."""
    body: Json = dict(given.get("remote_data") or {})
    body |= {name: given[name] for name in ("first_name", "last_name", "timezone", "weekly_capacity") if name in given}
    if "emails" in given:
        body["email"] = given["emails"][0]["email"]
    if "phones" in given:
        body["telephone"] = given["phones"][0]["number"] if given["phones"] else ""
    if "status" in given:
        body["is_active"] = given["status"] == "active"
    if "user_type" in given:
        body["is_contractor"] = given["user_type"] == "contractor"
    if "roles" in given:
        body |= _roles(given["roles"])
    return body


def harvest_role(given: Json) -> Json:
    body: Json = dict(given.get("remote_data") or {})
    if "name" in given:
        body["name"] = given["name"]
    if "user_ids" in given:
        body["user_ids"] = [int(user_id) for user_id in given["user_ids"]]
    return body


def _roles(given: list[Json]) -> Json:
    """Job roles are what was sent; rights too, but nobody can be without any, so none sent means none changed."""
    rights = [role["name"] for role in given if role.get("group") == "access" and role["name"] != _BY_ITSELF]
    jobs = [role["name"] for role in given if role.get("group") != "access"]
    return {"roles": jobs} | ({"access_roles": rights} if rights else {})
