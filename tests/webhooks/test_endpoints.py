"""The API of endpoints: what may be an address, whose they are, what is shown, what is sent again, what is kept."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.webhooks import javascript_json
from harvest_bridge.webhooks.models import Attempt, Delivery, Endpoint, Event
from harvest_bridge.webhooks.numbering import number_events
from harvest_bridge.webhooks.public_addresses import is_public
from harvest_bridge.webhooks.retention import forget_old
from tests.people import rest

from .conftest import happen
from .delivering import Delivering
from .receiver import Receiver, status

URL = "https://app.example.com/hooks"
Made = Callable[..., dict[str, Any]]
Happens = Callable[..., Event]

# --- Addresses


@pytest.mark.parametrize(
    "url",
    [
        "http://app.example.com/",
        "ftp://app.example.com/",
        "https://",
        "https:///path",
        "//app.example.com/",
        "app.example.com",
        "javascript:alert(1)",
        "https://user:password@app.example.com/",
        "https://app.example.com/#part",
        "https://app.example.com/a b",
        "https://app.example.com:99999/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://x.localhost:8443/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://0/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fd00::1]/",
        "https://[fe80::1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/",
        "https://224.0.0.1/",
        "https://" + "a" * 2000 + ".example/",
    ],
)
@pytest.mark.django_db
@pytest.mark.any_database
def test_an_address_that_is_not_public_https_is_refused(api: APIClient, url: str) -> None:
    answer = api.post("/webhook", {"target_url": url}, format="json")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("target_url")
    made = api.post("/webhook", {"target_url": URL}, format="json").json()
    assert api.patch(f"/webhook/{made['id']}", {"target_url": url}, format="json").status_code == 400
    assert Endpoint.objects.get().target_url == URL


@pytest.mark.parametrize(
    ("address", "is_so"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        *((text, False) for text in ("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254")),
        *((text, False) for text in ("0.0.0.0", "100.64.0.1", "198.18.0.1", "203.0.113.1", "224.0.0.1", "240.0.0.1")),
        *((text, False) for text in ("::", "::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1")),
        *((text, False) for text in ("64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "64:ff9b:1::1", "x", "")),
    ],
)
def test_public_addresses_are_told_from_all_others(address: str, is_so: bool) -> None:
    assert is_public(address) is is_so


# --- Endpoints


@pytest.mark.django_db
def test_a_secret_is_shown_once_and_kept_sealed(api: APIClient) -> None:
    made = api.post("/webhook", {"target_url": URL}, format="json").json()
    assert made["secret"].startswith("whsec_")
    shown = api.get(f"/webhook/{made['id']}").json()
    assert "secret" not in shown
    assert api.get("/webhook").json()["result"] == [shown]
    row = Endpoint.objects.get()
    assert made["secret"] not in row.sealed_secret
    assert row.sealed_secret.startswith("hb1.")


@pytest.mark.django_db
def test_secrets_are_sealed_anew_with_everything_else(api: APIClient, settings: Any) -> None:
    made = api.post("/webhook", {"target_url": URL}, format="json").json()
    api.post(f"/webhook/{made['id']}/rotate-secret", {}, format="json")
    old, newer = settings.ENCRYPTION_KEYS[0], "dGhpcyBrZXkgaXMgbmV3IGZvciB0ZXN0cyBvbmx5ISE="
    settings.ENCRYPTION_KEYS = [newer, old]
    call_command("rotatekeys", verbosity=0, stdout=None)
    settings.ENCRYPTION_KEYS = [newer]
    assert api.post(f"/webhook/{made['id']}/rotate-secret", {}, format="json").status_code == 200


@pytest.mark.django_db
def test_the_fields_are_kept_and_changed_as_given(api: APIClient) -> None:
    fields: dict[str, Any] = {
        "target_url": URL,
        "event_types": ["timer.started", "timer.started", "test"],
        "tenant_ids": ["acme"],
        "format": "truto",
        "signature_encoding": "hex",
        "payload": "thin",
        "ordered": True,
        "description": "Mine",
    }
    made = api.post("/webhook", fields, format="json").json()
    assert {name: made[name] for name in fields} == fields | {"event_types": ["timer.started", "test"]}
    changed = api.patch(f"/webhook/{made['id']}", {"event_types": None, "payload": "full"}, format="json").json()
    assert (changed["event_types"], changed["payload"], changed["tenant_ids"]) == ([], "full", ["acme"])


@pytest.mark.parametrize(
    "body",
    [{"event_types": ["no.such"]}, {"format": "x"}, {"ordered": "yes"}, {"payload": 1}, {"tenant_ids": "acme"}],
)
@pytest.mark.django_db
def test_a_field_that_cannot_be_is_named(api: APIClient, body: dict[str, Any]) -> None:
    answer = api.post("/webhook", {"target_url": URL, **body}, format="json").json()
    assert (answer["code"], next(iter(body)) in answer["message"]) == ("invalid_request", True)


@pytest.mark.django_db
def test_a_stranger_reaches_no_webhook_of_another_host_app(api: APIClient, stranger: NewHostApp) -> None:
    made = api.post("/webhook", {"target_url": URL}, format="json").json()
    other, path = rest(stranger.api_key), f"/webhook/{made['id']}"
    assert other.get("/webhook").json()["result"] == []
    for answer in (
        other.get(path),
        other.patch(path, {"is_active": False}, format="json"),
        other.delete(path),
        other.post("/webhook/test", {"id": made["id"]}, format="json"),
        other.post(f"{path}/rotate-secret", {}, format="json"),
        other.post(f"{path}/replay", {"since_last_success": True}, format="json"),
        other.get(f"{path}/deliveries"),
        other.get(f"{path}/deliveries/{made['id']}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_webhook")
    assert Endpoint.objects.get().status == "active"


@pytest.mark.django_db
def test_a_list_of_many_takes_a_bounded_number_of_queries(
    api: APIClient, board: NewHostApp, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        api.post("/webhook", {"target_url": URL}, format="json")
    happen(board.host_app)
    number_events()
    with django_assert_max_num_queries(6):
        page = api.get("/webhook", {"limit": 10}).json()
    assert [row["pending_count"] for row in page["result"]] == [1] * 10
    rest_of_it = api.get("/webhook", {"limit": 10, "next_cursor": page["next_cursor"]}).json()
    ids = [row["id"] for row in [*page["result"], *rest_of_it["result"]]]
    assert len(set(ids)) == 12


@pytest.mark.django_db
def test_a_deleted_webhook_is_told_nothing_and_leaves_nothing(api: APIClient, board: NewHostApp) -> None:
    made = api.post("/webhook", {"target_url": URL}, format="json").json()
    happen(board.host_app)
    number_events()
    assert api.delete(f"/webhook/{made['id']}").json() == {"id": made["id"]}
    assert api.get(f"/webhook/{made['id']}").status_code == 404
    happen(board.host_app)
    number_events()
    assert Delivery.objects.count() == 1
    forget_old(now=timezone.now())
    assert (Delivery.objects.count(), Endpoint.objects.count()) == (0, 0)


# --- Again


@pytest.mark.django_db(transaction=True)
def test_what_happened_in_a_range_of_time_is_sent_again(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering, hooks: APIClient
) -> None:
    path = f"/webhook/{made()['id']}"
    events = [happens(n) for n in range(4)]
    delivering.settle()
    for event, hours in zip(events, (4, 3, 2, 1), strict=True):
        Event.objects.filter(pk=event.pk).update(occurred_at=timezone.now() - timedelta(hours=hours))
    receiver.got.clear()
    asked = {"from": (timezone.now() - timedelta(hours=3.5)).isoformat(), "to": timezone.now() - timedelta(hours=1.5)}
    assert hooks.post(f"{path}/replay", asked, format="json").json() == {"queued": 2}
    delivering.catch_up()
    assert receiver.ids == [str(event.uid) for event in events[1:3]]
    assert Attempt.objects.filter(delivery__event=events[1]).count() == 2


@pytest.mark.django_db(transaction=True)
def test_all_since_the_last_success_is_sent_again(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering, hooks: APIClient
) -> None:
    path = f"/webhook/{made()['id']}"
    happens("taken")
    delivering.settle()
    receiver.answers = [status(500)]
    missed = [happens(n) for n in range(2)]
    delivering.settle()
    receiver.answers, receiver.got = [status(200)], []
    assert hooks.post(f"{path}/replay", {"since_last_success": True}, format="json").json() == {"queued": 2}
    delivering.catch_up()
    assert receiver.ids == [str(event.uid) for event in missed]


@pytest.mark.parametrize(
    "body", [{}, {"event_id": "x"}, {"from": "yesterday"}, {"since_last_success": True, "to": "2026-11-24T06:00:00Z"}]
)
@pytest.mark.django_db
def test_a_replay_says_what(api: APIClient, body: dict[str, Any]) -> None:
    made = api.post("/webhook", {"target_url": URL}, format="json").json()
    assert api.post(f"/webhook/{made['id']}/replay", body, format="json").status_code == 400


@pytest.mark.django_db
def test_a_webhook_that_is_polled_has_nothing_to_replay_to(api: APIClient) -> None:
    made = api.post("/webhook", {}, format="json").json()
    answer = api.post(f"/webhook/{made['id']}/replay", {"since_last_success": True}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "webhook_has_no_target")


# --- Kept


@pytest.mark.django_db
def test_events_that_everybody_has_go_and_others_stay_until_that_is_told(api: APIClient, board: NewHostApp) -> None:
    made = api.post("/webhook", {"target_url": URL, "event_types": ["thing.happened"]}, format="json").json()
    api.post("/webhook", {"event_types": ["webhook.events_dropped"]}, format="json")
    has_it, lacks_it = happen(board.host_app), happen(board.host_app)
    number_events()
    Delivery.objects.filter(event=has_it).update(status="delivered")
    forget_old(now=timezone.now() + timedelta(days=31))
    assert list(Event.objects.all()) == [lacks_it]
    assert forget_old(now=timezone.now() + timedelta(days=89)) == 0
    assert forget_old(now=timezone.now() + timedelta(days=91)) == 1
    assert api.get(f"/webhook/{made['id']}").json()["dropped_count"] == 1
    told = Event.objects.get()
    assert (told.type, told.data["count"], told.data["webhook_id"]) == ("webhook.events_dropped", 1, made["id"])


# --- The body


NUMBERS = st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
KEYS = st.one_of(TEXT, st.integers(0, 2**33).map(str))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
SAME = """
const lines = require('fs').readFileSync(0, 'utf8').split('\\n').filter(Boolean);
console.log(lines.filter((line) => JSON.stringify(JSON.parse(line)) !== line).join('\\n'));
"""


def test_a_body_comes_through_json_parse_and_stringify_unchanged() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node here")
    bodies: list[bytes] = []

    @given(VALUES)
    def collect(value: Any) -> None:
        bodies.append(javascript_json.dumps(value))

    collect()
    found = subprocess.run([node, "-e", SAME], input=b"\n".join(bodies), capture_output=True, check=True)
    assert found.stdout.decode().strip() == ""
