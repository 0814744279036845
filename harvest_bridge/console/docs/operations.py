"""An operation of the description as its part of the page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from harvest_bridge.proxy.records.samples import PARENTS, RECORDS

from .code import LANGUAGES, Call
from .fields import Row, kind_of, resolved, rows, words_of

Json = dict[str, Any]
_ACCOUNT = "be72481b-e060-4103-baa8-a53263babeea"
_SHOWN = {
    **PARENTS,
    "integrated_account_id": _ACCOUNT,
    "from": "2026-11-01",
    "to": "2026-11-15",
    "path": "v2/users/me",
    "limit": 100,
    "resource": "users",
    "field": "title",
    "version": 1,
    "start_date": "2026-11-02",
    "end_date": "2026-11-15",
}


@dataclass(frozen=True)
class Parameter:
    """One parameter; `example` is what code samples send, empty where they leave it out."""

    name: str
    place: str
    kind: str
    is_required: bool
    description: str
    words: tuple[str, ...]
    example: str


@dataclass(frozen=True)
class Failure:
    status: str
    words: str


@dataclass(frozen=True)
class Described:
    """All that the page says about one operation."""

    name: str
    title: str
    method: str
    path: str
    description: str
    parameters: list[Parameter]
    body: list[Row]
    body_example: str
    takes_files: bool
    status: str
    answer: list[Row]
    answer_example: str
    failures: list[Failure]
    code: list[tuple[str, str, str]]


def described(path: str, method: str, operation: Json, document: Json) -> Described:
    known = document["components"]["schemas"]
    parameters = [_parameter(one, operation, known) for one in operation.get("parameters", ())]
    body = operation.get("requestBody", {}).get("content", {})
    sent = body.get("application/json", {})
    # Where there are several (done, or still under way) they have one shape.
    status, done = next((s, a) for s, a in operation["responses"].items() if s.startswith("2"))
    answered = done.get("content", {}).get("application/json", {})
    return Described(
        name=operation["operationId"],
        title=operation["summary"],
        method=method.upper(),
        path=path,
        description=operation.get("description", ""),
        parameters=parameters,
        body=list(rows(sent.get("schema", {}), known)),
        body_example=_json(sent.get("example")),
        takes_files="multipart/form-data" in body,
        status=status,
        answer=list(rows(answered.get("schema", {}), known)),
        answer_example=_json(answered.get("example")),
        failures=[Failure(s, a["description"]) for s, a in operation["responses"].items() if not s.startswith("2")],
        code=_code(path, method, parameters, sent.get("example"), document),
    )


def _parameter(one: Json, operation: Json, known: Json) -> Parameter:
    schema = one.get("schema", {})
    return Parameter(
        name=one["name"],
        place=one["in"],
        kind=kind_of(schema, known),
        is_required=one.get("required", False),
        description=one.get("description", ""),
        words=words_of(schema, known),
        example=_example(one, operation["tags"][0], resolved(schema, known)),
    )


def _example(one: Json, tag: str, schema: Json) -> str:
    """For what must be there, and for the connection."""
    name = one["name"]
    if one["in"] == "header" or not (one.get("required") or name == "integrated_account_id"):
        return ""
    if name == "id" and tag in RECORDS:
        return str(RECORDS[tag].get("id", ""))
    if name in _SHOWN:
        return str(_SHOWN[name])
    if schema.get("format") == "uuid":
        return _ACCOUNT
    return str(schema.get("enum", ["4000103" if name.endswith("id") else "1"])[0])


def _code(path: str, method: str, parameters: list[Parameter], body: Any, document: Json) -> list[tuple[str, str, str]]:
    for one in parameters:
        if one.place == "path":
            path = path.replace(f"{{{one.name}}}", one.example)
    query = {one.name: one.example for one in parameters if one.place == "query" and one.example}
    call = Call(method.upper(), document["servers"][0]["url"], path, query, body or None)
    return [(key, title, write(call)) for key, (title, write) in LANGUAGES.items()]


def _json(value: Any) -> str:
    return "" if value is None else json.dumps(value, indent=2, ensure_ascii=False)
