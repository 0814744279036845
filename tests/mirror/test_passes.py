"""A mirror holds what Harvest holds, and notes what changed."""

from __future__ import annotations

import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror.models import Stream
from harvest_bridge.mirror.resources import RESOURCES
from harvest_bridge.sandbox.testing import RunningSandbox

from .syncing import PLAIN, Syncing, everything

pytestmark = pytest.mark.django_db


def test_a_first_sweep_holds_every_record_as_harvest_sent_it(sandbox: RunningSandbox, alices: Connection) -> None:
    syncing = Syncing(alices)
    syncing.work()
    syncing.later(seconds=10).work()  # the children of what was read
    for resource in PLAIN:
        if resource != "reports_project_budget":
            assert syncing.held(resource) == everything(sandbox, resource), resource
    states = dict(Stream.objects.filter(mirror=syncing.mirror).values_list("resource", "state"))
    assert states == {row.name: "complete" for row in RESOURCES}
