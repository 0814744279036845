"""What crosses the border: link-token requests, integrated accounts."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from harvest_bridge.api.inputs import FlagField, Input, OneOfField
from harvest_bridge.hosts.models import Right, Scope

from .integrations import SUMMARY, environment_integration_id, iso
from .models import Connection


@extend_schema_field({"type": ["string", "number"]})
class HostIdField(serializers.CharField):
    """The host's own id of something; a number is taken as its digits."""


class NameField(serializers.CharField):
    """Text to show to people: a number is a mistake of the caller's."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class LinkTokenInput(Input):
    """`tenant_id` for a new connection or `integrated_account_id` to link one again."""

    # Truto's fields (truto-wire §2.1), and ours.

    tenant_id = HostIdField(max_length=255, required=False)
    integrated_account_id = serializers.UUIDField(required=False)
    user_id = HostIdField(max_length=255, required=False, default="")
    context = serializers.DictField(required=False, default=dict)  # type: ignore[assignment]  # DRF has its own `context`
    rights = serializers.ListField(
        child=OneOfField(choices=Right.choices), required=False, allow_empty=False, default=None
    )
    tenant_name = NameField(max_length=255, required=False, allow_blank=True, default="")
    user_name = NameField(max_length=255, required=False, allow_blank=True, default="")
    redirect_uri = serializers.CharField(max_length=2000, required=False, default="")
    persist_previous_context = FlagField(required=False, default=False)
    allow_another_account = FlagField(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("tenant_id" in attrs) == ("integrated_account_id" in attrs):
            raise serializers.ValidationError(
                {"tenant_id": "Send either tenant_id, or integrated_account_id to link one again."}
            )
        return attrs


class AccountTokenInput(Input):
    """`scopes` left out: those of the API key."""

    integrated_account_id = serializers.UUIDField()
    scopes = serializers.ListField(
        child=OneOfField(Scope.choices), required=False, allow_null=True, allow_empty=False, default=None
    )


class ChangeInput(Input):
    """What a host may change: its own context, merged one level deep, and its own label."""

    context = serializers.DictField(required=False, default=dict)  # type: ignore[assignment]  # DRF has its own `context`
    label = NameField(max_length=100, required=False, allow_blank=True, allow_null=True, default=None)  # type: ignore[assignment]  # DRF has its own `label`


class RefreshInput(Input):
    id = serializers.UUIDField()


class _TenantQuery(Input):
    tenant_id = HostIdField(max_length=255)


class BulkDeleteInput(Input):
    """`{"query": {"tenant_id": …}}`; without a tenant nothing is deleted, least of all everything."""

    query = _TenantQuery()


def integrated_account(connection: Connection) -> dict[str, Any]:
    """A connection as Truto's clients know it (truto-wire §1), with Harvest's own facts beside; never a secret."""
    return {
        "id": str(connection.pk),
        "tenant_id": connection.tenant_id,
        "environment_id": str(connection.host_app_id),
        "environment_integration_id": environment_integration_id(connection.host_app_id),
        "status": connection.status,
        "is_sandbox": False,
        "authentication_method": connection.authentication_method,
        "label": connection.label,
        "context": connection.context,
        "kind": connection.kind,
        "user_id": connection.user_id or None,
        "harvest_account": {"id": connection.harvest_account_id, "name": connection.harvest_account_name},
        "harvest_user_id": connection.harvest_user_id,
        "rights": connection.rights,
        "access_roles": connection.access_roles,
        "linked_by": connection.linked_by,
        "last_error": connection.last_error,
        "last_forbidden_error": connection.last_forbidden_error,
        "integration": dict(SUMMARY),
        "created_at": iso(connection.created_at),
        "updated_at": iso(connection.updated_at),
    }
