"""Harvest's JSON as typed records.

Keys that we do not know are ignored, and keys that are missing or null become the field's default, since Harvest
leaves out what a person may not see and mixes `""` with null. Only an answer that contradicts the types is malformed;
records of lists go on without a field that does, as `Record.must_read` says.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Self

import msgspec
import structlog

from harvest_bridge.harvest.errors import HarvestMalformed
from harvest_bridge.harvest.partial_records import readable_fields

log = structlog.get_logger(__name__)

_NESTED = (dict, list)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all records: hours and money are exact Decimals, moments are aware and in UTC.

    `must_read` names the fields without which a record would mislead; any other, if it cannot be read, gets its
    default, with a warning in the log. None: every field must be read.
    """

    must_read: ClassVar[frozenset[str] | None] = None

    @classmethod
    def from_harvest(cls, data: Any) -> Self:
        """Read decoded JSON. Errors: HarvestMalformed, which says where but repeats no value."""
        given = _without_nulls(data)
        try:
            return msgspec.convert(given, cls, strict=False)
        except msgspec.ValidationError as error:
            malformed = HarvestMalformed(f"Harvest sent a {cls.__name__} that cannot be read: {error}")
            if cls.must_read is None:
                raise malformed from error
            return cls._in_part(given, malformed)

    @classmethod
    def _in_part(cls, given: Any, malformed: HarvestMalformed) -> Self:
        part, lost = readable_fields(given, cls)
        if {re.split(r"[.\[]", one.field)[0] for one in lost} & (cls.must_read or frozenset()):
            raise malformed
        try:
            found = msgspec.convert(part, cls, strict=False)
        except msgspec.ValidationError:
            raise malformed from None
        log.warning("a record of Harvest's was read in part", kind=cls.__name__, fields=[one.field for one in lost])
        return found

    def __post_init__(self) -> None:
        for name in _moments_of(type(self)):
            value = getattr(self, name)
            if value is not None and value.tzinfo is not UTC:
                aware = value if value.tzinfo else value.replace(tzinfo=UTC)
                msgspec.structs.force_setattr(self, name, aware.astimezone(UTC))


@cache
def _moments_of(kind: type[Record]) -> tuple[str, ...]:
    """The fields that hold one: hundreds of records are read at once, and few of their fields are moments."""
    return tuple(field.name for field in msgspec.structs.fields(kind) if field.type in (datetime, datetime | None))


class Named(Record, frozen=True, kw_only=True):
    """A record as others mention it."""

    id: int
    name: str = ""


class User(Record, frozen=True, kw_only=True):
    """A person of an account. `weekly_capacity` is in seconds; `timezone` is a Harvest name (see `timezones`)."""

    must_read = frozenset({"is_active"})

    id: int
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    telephone: str = ""
    timezone: str = ""
    is_active: bool = True
    is_contractor: bool = False
    weekly_capacity: int = 0
    default_hourly_rate: Decimal | None = None
    cost_rate: Decimal | None = None
    roles: tuple[str, ...] = ()
    access_roles: tuple[str, ...] = ()
    avatar_url: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Company(Record, frozen=True, kw_only=True):
    """The account. It has no id and no time zone; `weekly_capacity` is in seconds."""

    name: str = ""
    base_uri: str = ""
    full_domain: str = ""
    is_active: bool = True
    week_start_day: str = ""
    wants_timestamp_timers: bool = False
    time_format: str = ""
    clock: str = ""
    currency: str = ""
    plan_type: str = ""
    weekly_capacity: int = 0


class Account(Record, frozen=True, kw_only=True):
    """An account that a token opens; `product` is `harvest` or `forecast`."""

    id: int
    name: str = ""
    product: str = ""


class IdentityUser(Record, frozen=True, kw_only=True):
    """Who somebody is across accounts. The id is *not* a Harvest user id; that comes from `get_me`."""

    id: int
    first_name: str = ""
    last_name: str = ""
    email: str = ""


class Identity(Record, frozen=True, kw_only=True):
    """The owner of a token and what it opens."""

    user: IdentityUser
    accounts: tuple[Account, ...] = ()

    @property
    def harvest_accounts(self) -> tuple[Account, ...]:
        return tuple(account for account in self.accounts if account.product == "harvest")


class TokenGrant(Record, frozen=True, kw_only=True):
    """Fresh tokens. `expires_in` is seconds; Harvest's documented life is fourteen days."""

    access_token: str
    refresh_token: str
    token_type: str = "bearer"  # noqa: S105
    expires_in: int = int(timedelta(days=14).total_seconds())

    def __repr__(self) -> str:
        return f"TokenGrant(expires_in={self.expires_in})"


class Project(Named, frozen=True, kw_only=True):
    code: str = ""


class Client(Named, frozen=True, kw_only=True):
    currency: str = ""


class TaskAssignment(Record, frozen=True, kw_only=True):
    """A task that time may be tracked to within a project; inside a time entry it comes without its task."""

    id: int
    task: Named | None = None
    billable: bool = False
    is_active: bool = True
    hourly_rate: Decimal | None = None
    budget: Decimal | None = None


class ProjectAssignment(Record, frozen=True, kw_only=True):
    """A project that a person may track to, with its client and tasks."""

    must_read = frozenset({"is_active"})

    id: int
    project: Project
    client: Client
    is_active: bool = True
    is_project_manager: bool = False
    task_assignments: tuple[TaskAssignment, ...] = ()

    @property
    def active_tasks(self) -> tuple[TaskAssignment, ...]:
        """Those that Harvest would accept; the list also carries archived ones (REFERENCE §7.6)."""
        return tuple(assignment for assignment in self.task_assignments if assignment.is_active and assignment.task)


class ExternalReference(Record, frozen=True, kw_only=True):
    """The item in the host app that an entry is for. Harvest derives `service` from the permalink's host."""

    id: str
    group_id: str | None = None
    account_id: str | None = None
    permalink: str | None = None
    service: str | None = None
    service_icon_url: str | None = None

    def to_harvest(self) -> dict[str, str]:
        """What may be written: the rest is Harvest's to derive."""
        written = {
            "id": self.id,
            "group_id": self.group_id,
            "account_id": self.account_id,
            "permalink": self.permalink,
        }
        return {name: value for name, value in written.items() if value is not None}


class TimeEntry(Record, frozen=True, kw_only=True):
    """Time spent, or being spent.

    Units: `hours` are decimal hours and include the running time up to the answer; `hours_without_timer` does not,
    so a clock shows `hours_without_timer * 3600 + (now - timer_started_at)` seconds. `started_time` and `ended_time`
    are wall-clock text in the owner's zone. Ids exceed 32 bits.
    """

    must_read = frozenset(
        ("hours", "is_running", "timer_started_at", "created_at", "user", "external_reference", "project", "task")
    )

    id: int
    spent_date: date
    hours: Decimal = Decimal(0)
    hours_without_timer: Decimal | None = None
    rounded_hours: Decimal | None = None
    notes: str | None = None
    is_running: bool = False
    is_locked: bool = False
    locked_reason: str | None = None
    is_closed: bool = False
    is_billed: bool = False
    approval_status: str = ""
    timer_started_at: datetime | None = None
    started_time: str | None = None
    ended_time: str | None = None
    billable: bool = False
    budgeted: bool = False
    billable_rate: Decimal | None = None
    cost_rate: Decimal | None = None
    user: Named | None = None
    client: Client | None = None
    project: Project | None = None
    task: Named | None = None
    external_reference: ExternalReference | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


def _without_nulls(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            key: _without_nulls(value) if isinstance(value, _NESTED) else value
            for key, value in data.items()
            if value is not None
        }
    if isinstance(data, list):
        return [_without_nulls(item) for item in data]
    return data
