"""An agency whose deals are provisioned, in a sandbox on a real socket."""

from __future__ import annotations

import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.sandbox.testing import RunningSandbox

from .agency import Agency


@pytest.fixture
def agency(alices: Connection, sandbox: RunningSandbox) -> Agency:
    """Linked by its administrator."""
    found = Agency(alices, sandbox)
    found.forget_requests()
    return found
