"""Where nobody knows what Harvest does, the sandbox can do either (REFERENCE §11, §14, §16)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Lifetime = Annotated[int, msgspec.Meta(ge=0, le=315_360_000)]
Window = Annotated[float, msgspec.Meta(gt=0, le=86_400)]
Delay = Annotated[float, msgspec.Meta(ge=0, le=60)]


class Switches(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The defaults are those of REFERENCE §11. Every name is settable at start and over the control API.

    Units: seconds for everything named so; limits are requests per window.
    """

    delete_body: Literal["object", "empty"] = "object"
    """What a successful DELETE answers."""

    throttled_body: Literal["html", "json", "empty"] = "html"
    """`html` and `json` come with Retry-After; `empty` is the recorded answer, without it."""

    unknown_account: Literal["401", "404"] = "401"
    """For an account that does not exist or was not granted; 401 is the invalid_token body."""

    mode_mismatch: Literal["ignore", "422"] = "ignore"
    """Fields of the other tracking mode."""

    restart_earlier_day: Literal["resume", "422"] = "resume"
    """Restart of an earlier day's entry in duration mode."""

    time_entries_next: Literal["cursor", "page"] = "cursor"
    """The kind of link in `links.next` of time entries."""

    max_per_page: Literal[2000, 100] = 2000
    """Default and maximum of `per_page`; 100 as before 2022."""

    refresh_tokens: Literal["keep_old", "rotate", "same"] = "keep_old"
    """`keep_old`: a new refresh token, the old one lives on; `rotate`: the old one dies; `same`: the old one again."""

    implicit_redirect: Literal["query", "fragment"] = "query"
    """Where the implicit flow puts the token."""

    foreign_user_id: Literal["forbid", "ignore"] = "forbid"
    """`user_id` of somebody else on create, without the right to."""

    unassigned_task_patch: Literal["422", "ignore"] = "422"
    """Moving an entry to a task that is not on the project."""

    locked_edit: Literal["422", "403"] = "422"
    """A locked entry or expense edited by somebody who is no administrator."""

    expense_categories: Literal["403", "read"] = "403"
    """What people who are no administrators get of the expense categories."""

    disabled_module: Literal["403", "404"] = "403"
    """Expenses, invoices and estimates of an account that has switched them off."""

    archived_user: Literal["401", "403"] = "401"
    """For the tokens of an archived person."""

    no_authorization: Literal["bare", "invalid_token"] = "bare"
    """The 401 for a request without any token: `bare` as Rack::OAuth2 does."""

    permissions_claims: Literal["everywhere", "me"] = "everywhere"
    """Where users show `permissions_claims`."""

    conditional_get: Literal["ignore", "304"] = "ignore"
    """What `If-None-Match` with the current ETag gets."""

    budget_per: Literal["token", "user", "account"] = "token"
    """Who shares a rate limit."""

    cors: Literal["get", "none"] = "get"
    """`get`: pages of other origins may read, preflight included."""

    rate_change_updated_at: Literal["keep", "move"] = "keep"
    """Time and expenses of the past, when a rate or the rounding changes and their amounts with it."""

    moved_project_updated_at: Literal["keep", "move"] = "keep"
    """Time and expenses of a project that moves to another client."""

    rename_updated_at: Literal["keep", "move"] = "keep"
    """Time and expenses whose client, project, task or person gets another name."""

    running_updated_at: Literal["keep", "move"] = "keep"
    """A running entry, whose `hours` grow."""

    payment_updated_at: Literal["move", "keep"] = "move"
    """An invoice, when a payment is recorded or deleted; `due_amount` and `state` always show it."""

    admin_edit_approval: Literal["keep", "reset"] = "keep"
    """`approval_status` of approved time that an administrator edits."""

    duplicate_names: Literal["accept", "422"] = "accept"
    """A second client or task, or a second project of one client, of the same name."""

    plan_limit: Literal["422", "403"] = "422"
    """A project more than the plan has (the company's `project_limit`)."""

    invalid_grant_status: Literal[400, 401] = 400
    code_lifetime_seconds: Lifetime = 600
    access_token_lifetime_seconds: Lifetime = 1_209_600
    requests_per_window: Count = 100
    window_seconds: Window = 15.0
    report_requests_per_window: Count = 100
    report_window_seconds: Window = 900.0
    latency_seconds: Delay = 0.0

    def turn(self, values: dict[str, Any]) -> None:
        """Set some switches; text is read as a number where one belongs.

        Errors: msgspec.ValidationError for an unknown switch or position; nothing is changed then.
        """
        turned = msgspec.convert({**msgspec.structs.asdict(self), **values}, Switches, strict=False)
        for name in self.__struct_fields__:
            setattr(self, name, getattr(turned, name))
