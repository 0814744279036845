"""A mapping that one process changes holds in the next request of another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge
from tests.proxy.drop_in.conftest import link_account

SET = """
from harvest_bridge.connections.models import Connection
from harvest_bridge.unified.overrides.queries import Layer
from harvest_bridge.unified.overrides.services import set_mapping
connection = Connection.objects.get(pk="{connection}")
layer = Layer(connection.host_app, connection)
set_mapping(layer=layer, resource="users", field="title", expression="'{word}' & '!'", actor="another process")
"""


def test_a_change_elsewhere_holds_from_the_next_request_on(bridge: Bridge, sandbox: RunningSandbox) -> None:
    connection = link_account(bridge, sandbox, "alice")

    def title() -> str:
        answer = bridge.api.get("/unified/user-directory/me", params={"integrated_account_id": connection})
        return str(answer.json()["result"][0]["title"])

    for word in ("one", "two"):
        bridge.manage("shell", "-c", SET.format(connection=connection, word=word))
        assert title() == f"{word}!"
    bridge.api.delete("/unified/mappings/users/title", params={"integrated_account_id": connection})
    assert title() == "None"


def test_changes_at_once_take_turns(bridge: Bridge) -> None:
    """Whoever names no version wants the last word, not a conflict."""
    path = "/unified/mappings/users/custom_fields.turns"
    before = len(bridge.api.get(f"{path}/versions").json()["result"])
    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda n: bridge.api.put(path, json={"expression": f"'{n} of {before}'"}), range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8
    versions = bridge.api.get(f"{path}/versions").json()["result"]
    assert [row["version"] for row in versions] == list(range(before + 8, 0, -1))
    assert [row["version"] for row in versions if row["is_current"]] == [before + 8]
    bridge.api.delete(path)
