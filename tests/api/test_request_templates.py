"""Paths are logged as templates: Harvest's own words and ours, never what a caller wrote in their place."""

from __future__ import annotations

import re

import pytest
import yaml

from harvest_bridge.api.request_log.path_templates import template_of
from harvest_bridge.env import ROOT
from harvest_bridge.proxy.resources import RESOURCES

OPENAPI = yaml.load((ROOT / "tests" / "harvest_api" / "openapi.yaml").read_bytes(), yaml.CSafeLoader)
NAMES = sorted({name for row in RESOURCES for name in (row.name, *row.methods) if not row.name.startswith("reports_")})


@pytest.mark.parametrize("path", OPENAPI["paths"])
def test_every_path_of_harvest_is_its_own_template(path: str) -> None:
    asked = re.sub(r"{\w+}", "1234567", path)
    expected = "/v2" + re.sub(r"{\w+}", "{id}", path)
    assert template_of(f"/v2{asked}".encode()) == expected
    assert template_of(f"/api/v2{asked}.json".encode()) == expected
    assert template_of(f"/custom/v2{asked}".encode()) == expected.replace("/v2", "/custom", 1)


@pytest.mark.parametrize("name", NAMES)
def test_every_resource_of_the_envelope_keeps_its_name(name: str) -> None:
    assert template_of(f"/proxy/{name}/7".encode()) == f"/proxy/{name}/{{id}}"


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/v2/hb_live_abcdefghijkl/users", "/v2/{other}/users"),
        ("/v2/users/alice@example.com", "/v2/users/{other}"),
        ("/v2/users/%37", "/v2/users/{other}"),
        ("/v2//users//7/", "/v2/users/{id}"),
        ("/v2/" + "a/" * 400, "/v2" + "/{other}" * 8),
        ("/v2/", "/v2"),
        ("/timer/nothing-here/secret", "/timer/{other}"),
        ("/unified/user-directory/users/9", "/unified/user-directory/users/{record_id}"),
        ("/integrated-account/7a0d0f4c-1b9f-4f5c-8a39-7f3b1f0f2a11", "/integrated-account/{connection_id}"),
    ],
)
def test_nothing_else_of_a_path_is_kept(path: str, template: str) -> None:
    assert template_of(path.encode()) == template
