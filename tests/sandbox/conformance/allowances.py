"""Where the sandbox may differ from the recordings of 2019 to 2024, because Harvest has changed since.

Records are named by their kind, `list` is the envelope around them. An allowance that nothing needs fails a test.
"""

from __future__ import annotations

from typing import Any

# what, where, the source
ALLOWED: tuple[tuple[str, str, str], ...] = (
    ("added", "client.statement_key", "§8.7, documented by now"),
    ("added", "contact.invoice_recipient_status", "§8.7, §13.A2: copies of 2026"),
    ("added", "project.currency", "§8.8, §13.C3: seen live in 2026"),
    ("added", "user_assignment.use_default_rates", "§8.9, documented by now"),
    ("added", "time_entry.user_assignment.use_default_rates", "§8.11 [R24]"),
    ("added", "time_entry.hours_without_timer", "§8.11 [R24]"),
    ("added", "time_entry.rounded_hours", "§8.11 [R24]"),
    ("added", "time_entry.approval_status", "§8.11, §13.A1: added 2025"),
    ("added", "invoice.payment_options", "§8.13, documented by now"),
    ("gone", "user.is_admin", "§6.1: access_roles since 2022"),
    ("gone", "user.is_project_manager", "§6.1: access_roles since 2022"),
    ("gone", "user.can_see_rates", "§6.1: access_roles since 2022"),
    ("gone", "user.can_create_invoices", "§6.1: access_roles since 2022"),
    ("added", "user.access_roles", "§6.1: since 2022"),
    ("added", "user.saml_exempt", "§8.2, §13.A2: copies of 2026"),
    ("added", "user.permissions_claims", "§8.2, §13.C2: live key"),
    ("added", "user.employee_id", "§8.2, §13.C2: live key"),
    ("added", "user.calendar_integration_enabled", "§8.2, §13.C2: live key"),
    ("added", "user.calendar_integration_source", "§8.2, §13.C2: live key"),
    ("ref", "list.links.first", "§4.2, §13.C5: the same link with `ref=first` behind"),
    ("ref", "list.links.next", "§4.2, §13.C5: the same link with `ref=next` behind"),
    ("ref", "list.links.last", "§4.2, §13.C5: the same link with `ref=last` behind"),
)

# Not allowances: the switches that set the sandbox back to how Harvest was.
AS_OF_OLD: dict[str, Any] = {
    "requests_per_window": 100,  # §3
    "max_per_page": 100,  # §4.1: default and maximum before about 2022
    "time_entries_next": "page",  # §4.2: cursors came in 2023
    "throttled_body": "empty",  # §3: as recorded in 2020
}
