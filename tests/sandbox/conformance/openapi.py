"""The community's OpenAPI file of Harvest, read as a list of operations (REFERENCE §13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from harvest_bridge.env import ROOT

FILE = ROOT.parent / "shared" / "harvest-api" / "openapi.yaml"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One verb on one path.

    Shape: `answer` names the schema of the success, None where the file knows no body; `body` and `query` describe what
    may be sent; `sample` is the answer that Harvest's documentation shows.
    """

    method: str
    path: str
    status: int
    answer: str | None
    body: tuple[str, ...]
    required: tuple[str, ...]
    query: tuple[str, ...]
    sample: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def names(self) -> list[str]:
        """The ids in the path: `["invoiceId", "messageId"]`."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]


@cache
def document() -> Schema:
    with FILE.open() as file:
        loaded: Schema = yaml.load(file, LOADER)  # noqa: S506
    return loaded


@cache
def operations() -> tuple[Operation, ...]:
    return tuple(_operations())


def operation(name: str) -> Operation:
    """`operation("GET /clients")`. Errors: KeyError."""
    return {str(one): one for one in operations()}[name]


def _operations() -> Iterator[Operation]:
    for path, verbs in document()["paths"].items():
        for method, details in verbs.items():
            (status,) = [code for code in details["responses"] if code != "default"]
            answer = details["responses"][status].get("content", {}).get("application/json", {})
            body = details.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            yield Operation(
                method=method.upper(),
                path=path,
                status=status,
                answer=answer["schema"]["$ref"].rpartition("/")[2] if answer else None,
                body=tuple(body.get("properties", {})),
                required=tuple(body.get("required", ())),
                query=tuple(one["name"] for one in details.get("parameters", ()) if one["in"] == "query"),
                sample=answer.get("example"),
            )
