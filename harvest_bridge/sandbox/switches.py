"""Where nobody knows what Harvest does, the sandbox can do either (REFERENCE §11, §14)."""

from __future__ import annotations

import msgspec


class Switches(msgspec.Struct, forbid_unknown_fields=True):
    """The defaults are those of REFERENCE §11. Every name is settable at start and over the control API.

    Units: seconds for everything named so; limits are requests per window and token.
    """

    delete_body: str = "object"
    """`object` or `empty`: what a successful DELETE answers."""

    throttled_body: str = "html"
    """`html` with Retry-After, `json` with Retry-After, or `empty` without it."""

    unknown_account: str = "401"
    """`401` (invalid_token) or `404`, for an account that does not exist or was not granted."""

    mode_mismatch: str = "ignore"
    """`ignore` or `422`: fields of the other tracking mode."""

    restart_earlier_day: str = "resume"
    """`resume` or `422`: restart of an earlier day's entry in duration mode."""

    time_entries_next: str = "cursor"
    """`cursor` or `page`: the kind of link in `links.next` of time entries."""

    max_per_page: int = 2000
    """Default and maximum of `per_page`: 2000, or 100 as before 2022."""

    refresh_tokens: str = "keep_old"
    """`keep_old`: a new refresh token, the old one lives on; `rotate`: the old one dies; `same`: the old one again."""

    implicit_redirect: str = "query"
    """`query` or `fragment`: where the implicit flow puts the token."""

    foreign_user_id: str = "forbid"
    """`forbid` (403) or `ignore`: `user_id` of somebody else on create, without the right to."""

    unassigned_task_patch: str = "422"
    """`422` or `ignore`: moving an entry to a task that is not on the project."""

    locked_edit: str = "422"
    """`422` or `403`: a locked entry edited by a non-administrator."""

    code_lifetime_seconds: int = 600
    access_token_lifetime_seconds: int = 1_209_600
    requests_per_window: int = 100
    window_seconds: float = 15.0
    report_requests_per_window: int = 100
    report_window_seconds: float = 900.0
    latency_seconds: float = 0.0
