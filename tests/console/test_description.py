"""The OpenAPI description is valid, whole and served."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from rest_framework.views import APIView

import harvest_bridge.asgi  # noqa: F401 (so that every error is known)
from harvest_bridge.api.error_messages import MESSAGES
from harvest_bridge.console.openapi_document import document
from tests.test_paths_page import paths_of

METHODS = ("get", "post", "put", "patch", "delete")


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document()["paths"].items():
        yield from ((path, method, item[method]) for method in METHODS if method in item)


_OF_OTHER_KINDS = {
    "get_insight_plot_file",
    "export_mirror_records",
    "print_payout_statement",
    "follow_provisioning_run",
}


def test_it_is_openapi_3_1() -> None:
    assert document()["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document()).iter_errors()) == []


def test_every_view_says_what_it_takes_and_answers() -> None:
    GENERATOR_STATS.reset()
    document.__wrapped__()  # made anew, beside the one that the other tests of this process share
    assert not GENERATOR_STATS, GENERATOR_STATS.emit_summary()


def test_every_path_for_hosts_is_in_it() -> None:
    ours = {
        path
        for path in paths_of(rest_of(get_resolver().url_patterns))
        if not path.startswith(("/timer/", "/portal/", "/proxy/"))
    }
    assert ours - set(document()["paths"]) == set()


def rest_of(patterns: list[Any]) -> list[Any]:
    """The patterns that lead to REST views."""
    inner = [found for pattern in patterns for found in rest_of(getattr(pattern, "url_patterns", []))]
    return inner + [p for p in patterns if issubclass(getattr(p.callback, "cls", object), APIView)] if patterns else []


def test_names_of_operations_are_unique() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))


def test_every_error_is_shown_with_a_message_of_its_own_that_names_the_remedy_or_the_field() -> None:
    """One that is missing is written into api/error_messages.py."""
    said = {code: example["value"]["message"] for code, example in document()["components"]["examples"].items()}
    assert sorted(set(said) - set(MESSAGES)) == []
    told_twice = {"harvest_unauthorized", "harvest_grant_refused"}
    assert len({*said.values()}) >= len(said) - len(told_twice)


def test_every_operation_names_its_tokens_and_its_errors() -> None:
    for path, method, operation in operations():
        assert operation.get("security", document().get("security")), (path, method)
        assert "default" in operation["responses"], (path, method)


def test_a_call_names_its_own_errors_and_none_of_its_neighbours() -> None:
    paths = document()["paths"]
    inviting = paths["/unified/user-directory/users"]["post"]["responses"]
    mapping = paths["/unified/mappings/{resource}/{field}"]["put"]["responses"]
    choosing = paths["/unified/user-directory/identities/{identity_id}/override"]["post"]["responses"]
    assert "mapping_invalid" not in inviting["400"]["description"]
    assert "consent_denied" not in inviting["403"]["description"]
    assert "mapping_invalid" in mapping["400"]["description"]
    assert "mapping_conflict" in mapping["409"]["description"]
    assert "mapping_busy" in mapping["503"]["description"]
    assert "harvest_user_claimed" in choosing["409"]["description"]
    assert "no_such_harvest_user" in choosing["422"]["description"]


def test_it_speaks_of_no_paper_that_its_readers_have_not() -> None:
    assert not re.findall("truto-wire|REFERENCE §|DESIGN §", json.dumps(document(), ensure_ascii=False))


def test_every_error_has_an_example_that_its_schema_takes() -> None:
    examples = document()["components"]["examples"]
    required = set(document()["components"]["schemas"]["Error"]["required"])
    assert {"invalid_request", "unknown_token", "needs_reauth"} <= set(examples)
    assert all(required <= set(example["value"]) for example in examples.values())


def test_every_body_and_answer_of_ours_has_an_example_that_its_schema_takes() -> None:
    """Those of /proxy and /custom are Harvest's own, and the metadata is a description itself."""
    components = document()["components"]
    for path, method, operation in operations():
        if path.startswith(("/proxy/", "/custom/")) or "meta" in operation["operationId"].split("_"):
            continue
        answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        for described in [*answers, *filter(None, [operation.get("requestBody")])]:
            media = described["content"].get("application/json")
            if media is None:
                assert operation["operationId"] in _OF_OTHER_KINDS
                continue
            problems = Draft202012Validator({**media["schema"], "components": components}).iter_errors(media["example"])
            assert not list(problems), (path, method)


def test_it_is_served_to_any_origin_and_once_to_each() -> None:
    first = Client().get("/schema/")
    assert first.status_code == 200
    assert json.loads(first.content) == json.loads(json.dumps(document()))
    assert first["Access-Control-Allow-Origin"] == "*"
    assert Client().get("/schema/", headers={"If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("method", ["post", "delete"])
def test_it_cannot_be_written(method: str) -> None:
    assert getattr(Client(), method)("/schema/").status_code == 405
