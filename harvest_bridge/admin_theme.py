"""The admin's side bar and colours."""

from __future__ import annotations

from typing import Any

from django.urls import reverse_lazy

# Harvest's warm orange, as unfold's scale of one hue in OKLCH: lightness, chroma, hue.
PRIMARY = {
    "50": "oklch(97.8% .013 52)",
    "100": "oklch(94.6% .035 52)",
    "200": "oklch(88.8% .070 50)",
    "300": "oklch(81.8% .115 48)",
    "400": "oklch(73.5% .155 46)",
    "500": "oklch(66.0% .175 44)",
    "600": "oklch(55.5% .155 43)",
    "700": "oklch(47.5% .130 42)",
    "800": "oklch(40.5% .105 41)",
    "900": "oklch(35.0% .085 40)",
    "950": "oklch(24.0% .060 39)",
}


def _page(title: str, icon: str, model: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist")}


ACCOUNT_LINKS = [
    {"title": "Two-factor authentication", "link": reverse_lazy("mfa_index")},
    {"title": "Change password", "link": reverse_lazy("account_change_password")},
]
NAVIGATION = [
    {
        "title": "Service",
        "items": [
            {"title": "State of the service", "icon": "monitor_heart", "link": reverse_lazy("admin:index")},
            {"title": "Tenants", "icon": "corporate_fare", "link": reverse_lazy("tenants")},
        ],
    },
    {
        "title": "Host apps",
        "items": [
            _page("Host apps", "apps", "hosts_hostapp"),
            _page("API keys", "key", "hosts_apikey"),
            _page("Widget keys", "vpn_key", "hosts_widgetkey"),
        ],
    },
    {
        "title": "Harvest",
        "items": [
            _page("Connections", "link", "connections_connection"),
            _page("Connection events", "history", "connections_connectionevent"),
            _page("Link tokens", "add_link", "connections_linktoken"),
            _page("Requests", "monitoring", "api_requestrecord"),
            _page("Identities", "how_to_reg", "unified_identity"),
            _page("Mappings", "conversion_path", "unified_fieldmapping"),
        ],
    },
    {
        "title": "Mirror",
        "items": [
            _page("Mirrors", "database", "mirror_mirror"),
            _page("Runs", "sync", "mirror_run"),
            _page("Mirror policies", "schedule", "mirror_hostpolicy"),
        ],
    },
    {
        "title": "Won deals",
        "items": [
            _page("Won deals", "handshake", "provisioning_run"),
            _page("Templates", "draft", "provisioning_template"),
            _page("Inbox events", "inbox", "provisioning_inboxevent"),
        ],
    },
    {
        "title": "Insights",
        "items": [
            _page("Accounts", "insights", "insights_insightaccount"),
            _page("Payout periods", "payments", "insights_period"),
        ],
    },
    {
        "title": "Invoices",
        "items": [
            _page("Invoice payments", "payments", "invoices_payment"),
        ],
    },
    {
        "title": "Webhooks",
        "items": [
            _page("Webhooks", "webhook", "webhooks_endpoint"),
            _page("Events", "event_note", "webhooks_event"),
            _page("Deliveries", "outbox", "webhooks_delivery"),
            _page("Attempts", "send", "webhooks_attempt"),
        ],
    },
    {
        "title": "Timer",
        "items": [
            _page("Clicks", "touch_app", "timer_widget_intent"),
            _page("People", "group", "timer_widget_person"),
        ],
    },
    {
        "title": "Operators",
        "separator": True,
        "items": [
            _page("Users", "person", "auth_user"),
            _page("Groups", "groups", "auth_group"),
            _page("Authenticators", "phonelink_lock", "mfa_authenticator"),
            _page("Audit entries", "history_edu", "console_auditentry"),
            _page("Workers", "engineering", "console_worker"),
            _page("Jobs", "task_alt", "console_jobhour"),
        ],
    },
]
