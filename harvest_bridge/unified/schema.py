"""The unified user directory's records (truto-wire §5): what the documentation, the metadata and OpenAPI derive from.

Only `id` is certain. What Harvest does not know is null or an empty list, never left out.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

_ISO_8601 = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
Moment = Annotated[_ISO_8601 | None, Meta(description="ISO 8601 in UTC.")]
_OBJECT = {"type": "object"}
Remote = Annotated[
    Raw | UnsetType,
    Meta(description="Harvest's own record, untouched, unless it was left out.", extra_json_schema=_OBJECT),
]
Unknown = Annotated[None, Meta(description="Harvest does not know this.")]
# What a host may fill by a mapping of its own (docs/mappings.md).
_UNFILLED = Meta(description="Harvest does not know this; a mapping may fill it.")
Unfilled = Annotated[str | None, _UNFILLED]
UnfilledFlag = Annotated[bool | None, _UNFILLED]
UnfilledMoment = Annotated[_ISO_8601 | None, _UNFILLED]


Status = Literal["active", "inactive"]


class _Part(Struct, gc=False):
    """What a record is made of. It can be in no cycle, which the collector need not find out for 2,000 people."""


class MappingError(_Part):
    """Why a mapped field of this record is empty."""

    field: str
    record_id: str
    code: str
    message: str
    position: (
        Annotated[int, Meta(description="In the expression: to the end of the word that is wrong.")] | UnsetType
    ) = UNSET


Custom = Annotated[
    dict[str, Any] | UnsetType, Meta(description="The host's own fields, as soon as one is mapped (docs/mappings.md).")
]
MADE_BY_MAPPINGS = frozenset({"custom_fields", "mapping_errors"})
MappingErrors = Annotated[list[MappingError] | UnsetType, Meta(description="The mappings that failed, if any did.")]


class RecordWarning(_Part):
    """What of Harvest's record could not be read, and is null here; `remote_data` has it as it came."""

    field: Annotated[str, Meta(description="In Harvest's record: `weekly_capacity`, `roles[1]`.")]
    code: Literal["unreadable"]
    message: str


Warnings = Annotated[
    list[RecordWarning] | UnsetType, Meta(description="What could not be read of this record, if anything.")
]


class Email(_Part):
    email: str
    type: Annotated[str | None, Meta(description="`work`: Harvest has one address for each person.")] = None
    is_primary: bool = True


class Phone(_Part):
    number: str
    extension: str | None = None
    type: str | None = None


class UserRole(_Part):
    """`group` is `job` for a label without effect on rights, or `access` for a right in Harvest."""

    name: str
    id: Annotated[
        str | None, Meta(description="A right is its own id; a job role has one with `expand=roles`, else null.")
    ] = None
    group: str | None = None
    organization: Unfilled = None
    workspace: Unfilled = None


class Mention(_Part):
    id: str
    name: str


class License(_Part):
    id: str | None = None
    name: str | None = None
    organization: str | None = None
    last_active_at: Moment = None


class User(_Part):
    """A person of the account."""

    id: str
    external_id: Annotated[str | None, Meta(description="Harvest's `employee_id`, if the account keeps them.")] = None
    first_name: str | None = None
    last_name: str | None = None
    name: Annotated[str | None, Meta(description="Both names joined.")] = None
    identifiers: Annotated[dict[str, Any] | None, _UNFILLED] = None
    username: Unfilled = None
    title: Unfilled = None
    emails: tuple[Email, ...] = ()
    phones: tuple[Phone, ...] = ()
    status: Annotated[
        Literal["active", "inactive", "deleted", "invited"] | None,
        Meta(description="`inactive` is archived. Who has not accepted an invitation yet is active in Harvest's API."),
    ] = None
    is_email_verified: UnfilledFlag = None
    is_2fa_enabled: UnfilledFlag = None
    roles: Annotated[tuple[UserRole, ...], Meta(description="Job roles first, then rights.")] = ()
    user_type: Annotated[
        str | None, Meta(description="`employee` or `contractor`, from Harvest's `is_contractor`.")
    ] = None
    organizations: Annotated[tuple[Mention, ...], Meta(description="The Harvest account.")] = ()
    licenses: Annotated[tuple[License, ...], _UNFILLED] = ()
    groups: Annotated[
        tuple[Mention, ...],
        Meta(description="Empty: Harvest tells a team only from its manager; see the resource `groups`."),
    ] = ()
    workspaces: Annotated[
        tuple[Mention, ...],
        Meta(description="The projects of this person, with `expand=workspaces` on one person or `me`."),
    ] = ()
    weekly_capacity: Annotated[int | None, Meta(description="Seconds of work a week, as in Harvest.")] = None
    avatar: str | None = None
    timezone: Annotated[str | None, Meta(description="An IANA name; Harvest sends Ruby on Rails' names.")] = None
    bio: Unfilled = None
    languages: tuple[str, ...] = ()
    created_at: Moment = None
    updated_at: Moment = None
    last_login_at: UnfilledMoment = None
    last_active_at: UnfilledMoment = None
    remote_data: Remote = UNSET
    warnings: Warnings = UNSET
    custom_fields: Custom = UNSET
    mapping_errors: MappingErrors = UNSET


class Role(_Part):
    """A job role: a label for reports, without effect on rights."""

    id: str
    name: str | None = None
    label: Annotated[str | None, Meta(description="The same as `name`.")] = None
    description: Unfilled = None
    type: Annotated[str | None, Meta(description="`job`.")] = None
    applicable_in: Annotated[Literal["group", "workspace"] | None, _UNFILLED] = None
    user_ids: Annotated[tuple[str, ...], Meta(description="Who has it.")] = ()
    created_at: Moment = None
    updated_at: Moment = None
    remote_data: Remote = UNSET
    warnings: Warnings = UNSET
    custom_fields: Custom = UNSET
    mapping_errors: MappingErrors = UNSET


class Organization(_Part):
    """The Harvest account."""

    id: str
    name: str | None = None
    pricing_plan: str | None = None
    licenses: Annotated[tuple[License, ...], Meta(description="Empty: Harvest's API does not know them.")] = ()
    status: Status | None = None
    url: str | None = None
    weekly_capacity: Annotated[int | None, Meta(description="Seconds; the default for new people.")] = None
    created_at: Unknown = None
    updated_at: Unknown = None
    remote_data: Remote = UNSET
    warnings: Warnings = UNSET


class Group(_Part):
    """A manager's team; its id is the manager's."""

    id: str
    name: str | None = None
    organization: Mention | None = None
    users: Annotated[tuple[Mention, ...], Meta(description="The manager's teammates; on one group alone.")] = ()
    remote_data: Remote = UNSET
    warnings: Warnings = UNSET


class Workspace(_Part):
    """A project."""

    id: str
    name: str | None = None
    code: str | None = None
    client: Mention | None = None
    status: Status | None = None
    created_at: Moment = None
    updated_at: Moment = None
    remote_data: Remote = UNSET
    warnings: Warnings = UNSET


class Utilization(_Part):
    """How much one person worked in a span of days; its id is the person's."""

    id: str
    user: Mention | None = None
    user_type: Literal["employee", "contractor"] | None = None
    start_date: str | None = None
    end_date: str | None = None
    total_hours: float | None = None
    billable_hours: float | None = None
    capacity_hours: Annotated[float | None, Meta(description="Over the span; each day counts 1/7 of the week.")] = None
    utilization: Annotated[float | None, Meta(description="Total hours by capacity; null without a capacity.")] = None
    remote_data: Annotated[
        Raw | UnsetType,
        Meta(description="`results`: Harvest's rows of this person, one for each currency.", extra_json_schema=_OBJECT),
    ] = UNSET
    warnings: Warnings = UNSET


Record = User | Role | Organization | Group | Workspace | Utilization
