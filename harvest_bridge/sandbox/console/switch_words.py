"""The switches of REFERENCE §11 and §16 in plain words, in the order in which the console shows them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Words:
    """Shape: `positions` says what each position of a switch does; `unit` stands behind a number."""

    title: str
    help: str
    positions: dict[str, str] = field(default_factory=dict)
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    title: str
    switches: dict[str, Words]


ANSWERS = Group(
    "answers",
    "Answers and refusals",
    {
        "delete_body": Words(
            "Answer to a DELETE",
            "Older accounts get the record back, newer ones may get nothing.",
            {"object": "The deleted record", "empty": "An empty body"},
        ),
        "throttled_body": Words(
            "Body of a 429",
            "The answer recorded in 2020 was empty and did not say when to come back.",
            {
                "html": "HTML, with Retry-After",
                "json": "JSON, with Retry-After",
                "empty": "Empty, without Retry-After",
            },
        ),
        "unknown_account": Words(
            "Unknown account",
            "For an account id that does not exist or was not granted.",
            {"401": "401, as for a bad token", "404": "404 Not Found"},
        ),
        "no_authorization": Words(
            "No token at all",
            "What a request without any token is told.",
            {"bare": "401 without a reason", "invalid_token": "401 invalid_token"},
        ),
        "archived_user": Words(
            "Archived person",
            "For the tokens of somebody who was archived.",
            {"401": "401, as for a bad token", "403": "403 Not authorized"},
        ),
        "disabled_module": Words(
            "Module that is switched off",
            "Expenses, invoices and estimates of an account that does without them.",
            {"403": "403 Not authorized", "404": "404 Not Found"},
        ),
        "conditional_get": Words(
            "If-None-Match",
            "When the caller has the current answer already.",
            {"ignore": "The answer again", "304": "304 Not Modified"},
        ),
        "cors": Words(
            "Pages of other origins",
            "Whether a browser may call the API from another site.",
            {"get": "May read", "none": "Are kept out"},
        ),
    },
)
TIME = Group(
    "time",
    "Time entries",
    {
        "mode_mismatch": Words(
            "Fields of the other mode",
            "Start and end times where durations are tracked, and the reverse.",
            {"ignore": "Ignored", "422": "Refused with 422"},
        ),
        "restart_earlier_day": Words(
            "Restarting an earlier day",
            "In an account that tracks durations.",
            {"resume": "The same entry runs on", "422": "Refused with 422"},
        ),
        "foreign_user_id": Words(
            "Time for somebody else",
            "A user_id of another person on create, without the right to.",
            {"forbid": "Refused with 403", "ignore": "Tracked for the caller"},
        ),
        "unassigned_task_patch": Words(
            "Task that is not on the project",
            "When an entry is moved to it.",
            {"422": "Refused with 422", "ignore": "The task stays as it was"},
        ),
        "locked_edit": Words(
            "Editing locked time",
            "Approved or invoiced, by somebody who is no administrator.",
            {"422": "422, with the reason", "403": "403 Not authorized"},
        ),
    },
)
LISTS = Group(
    "lists",
    "Lists and records",
    {
        "time_entries_next": Words(
            "Next page of time entries",
            "The kind of link in links.next.",
            {"cursor": "By cursor", "page": "By page number"},
        ),
        "max_per_page": Words(
            "Largest page",
            "Default and maximum of per_page.",
            {"2000": "2,000 rows", "100": "100 rows, as before 2022"},
        ),
        "permissions_claims": Words(
            "Permission claims",
            "Which users show what they may do.",
            {"everywhere": "Every user", "me": "The caller only"},
        ),
        "expense_categories": Words(
            "Expense categories",
            "For people who are no administrators.",
            {"403": "403 Not authorized", "read": "Readable"},
        ),
    },
)
AFTERWARDS = Group(
    "afterwards",
    "Changes after the fact",
    {
        "rate_change_updated_at": Words(
            "Rates and rounding that change the past",
            "Whether updated_at of past time moves with its amounts.",
            {"keep": "Stays", "move": "Moves"},
        ),
        "moved_project_updated_at": Words(
            "Project moved to another client",
            "Whether updated_at of its time and expenses moves.",
            {"keep": "Stays", "move": "Moves"},
        ),
        "rename_updated_at": Words(
            "Another name",
            "Of a client, project, task or person: whether updated_at of their time moves.",
            {"keep": "Stays", "move": "Moves"},
        ),
        "running_updated_at": Words(
            "Running timer",
            "Whether updated_at moves while its hours grow.",
            {"keep": "Stays", "move": "Moves"},
        ),
        "payment_updated_at": Words(
            "Payment of an invoice",
            "Whether updated_at of the invoice moves; its amounts always do.",
            {"move": "Moves", "keep": "Stays"},
        ),
        "admin_edit_approval": Words(
            "Administrator edits approved time",
            "What becomes of its approval.",
            {"keep": "Stays approved", "reset": "Is unsubmitted again"},
        ),
        "duplicate_names": Words(
            "The same name again",
            "Of a client or task, or of a project of one client.",
            {"accept": "Accepted", "422": "Refused with 422"},
        ),
        "plan_limit": Words(
            "More projects than the plan has",
            "The company's project_limit, which only the control API sets.",
            {"422": "422, with a message", "403": "403 Not authorized"},
        ),
    },
)
SIGNING_IN = Group(
    "signing-in",
    "Signing in",
    {
        "refresh_tokens": Words(
            "Refreshing a token",
            "What becomes of the refresh token that was used.",
            {
                "keep_old": "New; the old one lives on",
                "rotate": "New; the old one dies",
                "same": "The same again",
            },
        ),
        "implicit_redirect": Words(
            "Implicit flow",
            "Where applications without a server find their token.",
            {"query": "In the query", "fragment": "In the fragment"},
        ),
        "invalid_grant_status": Words(
            "Bad code or refresh token",
            "The status beside invalid_grant.",
            {"400": "400", "401": "401"},
        ),
        "access_token_lifetime_seconds": Words(
            "Access tokens live", "Of tokens given out from now on. 1,209,600 is two weeks.", unit="seconds"
        ),
        "code_lifetime_seconds": Words("Authorization codes live", "Of codes given out from now on.", unit="seconds"),
    },
)
LIMITS = Group(
    "limits",
    "Rate limits and speed",
    {
        "budget_per": Words(
            "Who shares a budget",
            "Harvest does not say; third parties say each token has its own.",
            {"token": "Nobody", "user": "All tokens of a person", "account": "Everybody in an account"},
        ),
        "requests_per_window": Words("General budget", "Everything but reports.", unit="requests"),
        "window_seconds": Words("General window", "The window slides.", unit="seconds"),
        "report_requests_per_window": Words("Reports budget", "Everything under /v2/reports.", unit="requests"),
        "report_window_seconds": Words("Reports window", "900 is a quarter of an hour.", unit="seconds"),
        "latency_seconds": Words("Latency", "Every answer comes this much later.", unit="seconds"),
    },
)
GROUPS = (ANSWERS, TIME, LISTS, AFTERWARDS, SIGNING_IN, LIMITS)
