"""The samples in docs/examples/signing make tokens that we take, in every language whose runtime is here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harvest_bridge.env import ROOT
from harvest_bridge.hosts.services import NewHostApp
from tests.people import ORIGIN
from timer_widget.sessions import widget_tokens

pytestmark = pytest.mark.django_db

SIGNING = ROOT / "docs" / "examples" / "signing"
WHO = {"user_id": "u-1", "tenant_id": "acme", "email": "zoë@example.com"}
_NODE = """import {{ widgetToken }} from '{file}';
console.log(widgetToken({{ userId: {user_id!r}, tenantId: {tenant_id!r}, email: {email!r}, origin: {origin!r} }}))"""
_RUBY = """require '{file}'
puts HarvestToken.sign(user_id: {user_id!r}, tenant_id: {tenant_id!r}, email: {email!r}, origin: {origin!r})"""
_GO = """package main
import ("fmt"; "sample/harvest")
func main() {{ token, err := harvest.WidgetToken("{user_id}", "{tenant_id}", "{email}", "{origin}")
if err != nil {{ panic(err) }}; fmt.Println(token) }}
"""
CALLS = {
    "python3": ("harvest_token.py", "import harvest_token; print(harvest_token.widget_token({named}))"),
    "node": ("harvest-token.mjs", _NODE),
    "ruby": ("harvest_token.rb", _RUBY),
    "php": ("harvest_token.php", "require '{file}'; echo harvest_token({listed});"),
    "go": ("go/harvest_token.go", _GO),
}
HERE = [name for name in CALLS if shutil.which(name)]


def run(runtime: str, folder: Path, environment: dict[str, str]) -> str:
    file, call = CALLS[runtime]
    said = {**WHO, "origin": ORIGIN}
    named = ", ".join(f"{name}={value!r}" for name, value in said.items())
    code = call.format(file=SIGNING / file, named=named, listed=", ".join(map(repr, said.values())), **said)
    match runtime:
        case "python3":
            command = [sys.executable, "-c", code]
            environment = {**environment, "PYTHONPATH": str(SIGNING.parent / "ticket_board")}
        case "node":
            command = ["node", "--input-type=module", "-e", code]
        case "go":
            (folder / "harvest").mkdir()
            (folder / "harvest" / "harvest_token.go").write_text((SIGNING / file).read_text())
            (folder / "main.go").write_text(code)
            (folder / "go.mod").write_text("module sample\n\ngo 1.19\n")
            command = ["go", "run", "."]
        case _:
            command = [runtime, "-r" if runtime == "php" else "-e", code]
    done = subprocess.run(command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("runtime", HERE)
def test_a_sample_signs_what_we_take(runtime: str, board: NewHostApp, tmp_path: Path) -> None:
    keys = {
        "HOST_APP_ID": str(board.host_app.pk),
        "WIDGET_KEY_ID": str(board.widget_key.pk),
        "WIDGET_SECRET": board.widget_secret,
    }
    claims = widget_tokens.verify(run(runtime, tmp_path, keys))
    token = claims.token
    assert (token.user_id, token.tenant_id, claims.email, token.origin) == (*WHO.values(), ORIGIN)


def test_the_samples_of_the_stacks_that_every_machine_has_were_run() -> None:
    assert {"python3", "node"} <= set(HERE)
