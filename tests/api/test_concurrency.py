"""No customer takes all the threads: beyond a share of them their calls are refused at once, and others' are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.api import concurrency
from harvest_bridge.connections.models import Connection
from harvest_bridge.file_descriptors import shares_of
from harvest_bridge.hosts.services import NewHostApp

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("descriptors", [256, 1_024, 4_096, 16_384])
def test_one_customer_leaves_three_quarters_of_the_threads_however_few_there_are(descriptors: int) -> None:
    threads = shares_of(descriptors).threads
    counted = concurrency.Concurrency(concurrency.most_at_once(threads))
    for _ in range(max(1, threads // 4)):
        counted.enter("acme")
    with pytest.raises(concurrency.TooManyAtOnce):
        counted.enter("acme")
    counted.enter("globex")


def call(api: APIClient, connection: Connection) -> Any:
    return api.get("/proxy/clients", {"integrated_account_id": str(connection.pk)})


def test_who_has_all_of_their_share_under_way_is_told_to_come_back_and_others_are_not(
    api: APIClient,
    alices: Connection,
    board: NewHostApp,
    link: Callable[..., Connection],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = link("alice", board.host_app, tenant_id="globex")
    monkeypatch.setattr(concurrency.concurrency, "_most", 1)
    whose = f"{alices.host_app_id} {alices.tenant_id}"
    concurrency.concurrency.enter(whose)
    refused = call(api, alices)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_at_once")
    assert int(refused.headers["Retry-After"]) >= 1
    assert call(api, other).status_code == 200
    concurrency.concurrency.leave(whose)
    assert [call(api, alices).status_code for _ in range(3)] == [200] * 3
