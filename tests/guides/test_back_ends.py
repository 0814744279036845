"""The back ends that the guides to timers in pages show run as they stand."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import jwt
import pytest
from django.test import RequestFactory, override_settings

from harvest_bridge.env import ROOT

from .runner import blocks

ORIGIN = "https://app.example.com"
KEYS = {"HOST_APP_ID": "app-1", "WIDGET_KEY_ID": "key-1", "WIDGET_SECRET": "a widget secret of thirty-two characters"}
SAID = {"iss": "app-1", "sub": "7", "tenant_id": "3", "email": "zoe@example.com", "origin": ORIGIN}
_RAILS = """
require "json"
class ApplicationController
  def self.before_action(*); end
  def self.skip_forgery_protection; end
  def current_user = Struct.new(:id, :company_id, :email).new(7, 3, "zoe@example.com")
  def request = Struct.new(:origin).new(ENV["ASKED_BY"])
  def head(status) = puts({ status: status }.to_json)
  def render(json:) = puts(json.to_json)
end
module Rails
  def self.configuration = Struct.new(:x).new(Struct.new(:origin).new("https://app.example.com"))
end
require_relative "harvest_token"
require_relative "harvest_tokens_controller"
HarvestTokensController.new.create
"""


def claims_of(token: str) -> dict[str, object]:
    claims: dict[str, object] = jwt.decode(token, KEYS["WIDGET_SECRET"], algorithms=["HS256"], audience="timer")
    return {name: claims[name] for name in SAID}


def written(guide: str, folder: Path) -> None:
    for block in blocks(guide):
        if block.file:
            (folder / block.file).write_text(block.code)


def test_the_django_view_signs_for_pages_of_its_own_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "guide_app"
    package.mkdir()
    written("timer-in-django.md", package)
    shutil.copy(ROOT / "docs/examples/ticket_board/harvest_token.py", package)
    monkeypatch.syspath_prepend(tmp_path)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    [route] = importlib.import_module("guide_app.harvest_urls").urlpatterns
    user = SimpleNamespace(pk=7, company_id=3, email="zoe@example.com", is_authenticated=True)

    def asked_by(origin: str) -> object:
        request = RequestFactory().post("/harvest-token", headers={"Origin": origin})
        request.user = user
        return route.callback(request)

    with override_settings(ORIGIN=ORIGIN):
        own, other = asked_by(ORIGIN), asked_by("https://elsewhere.example")
    assert claims_of(json.loads(own.content)["token"]) == SAID
    assert other.status_code == 403


@pytest.mark.skipif(shutil.which("ruby") is None, reason="there is no ruby here")
def test_the_rails_controller_signs_for_pages_of_its_own_origin(tmp_path: Path) -> None:
    written("timer-in-rails.md", tmp_path)
    shutil.copy(ROOT / "docs/examples/signing/harvest_token.rb", tmp_path)
    (tmp_path / "run.rb").write_text(_RAILS)
    told = []
    for origin in (ORIGIN, "https://elsewhere.example"):
        environment = {**os.environ, **KEYS, "ASKED_BY": origin}
        done = subprocess.run(["ruby", "run.rb"], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        told.append(json.loads(done.stdout))
    assert claims_of(told[0]["token"]) == SAID
    assert told[1] == {"status": "forbidden"}
    for name in ("routes.rb", "content_security_policy.rb"):
        assert subprocess.run(["ruby", "-c", name], cwd=tmp_path, capture_output=True).returncode == 0
