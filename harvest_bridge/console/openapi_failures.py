"""Shares identical error responses of many operations as one component."""

from __future__ import annotations

import http
import json
from typing import Any

Json = dict[str, Any]


def share_failures(paths: Json) -> Json:
    """Put a reference where a failure stands in each operation.

    Shape: the components by name, `BadRequest`, `BadRequest2` and so on where the codes differ, `AnyOtherFailure`.
    """
    names: dict[str, str] = {}
    shared: Json = {}
    for item in paths.values():
        for operation in item.values():
            for status, failure in operation["responses"].items():
                if status.startswith("2"):
                    continue
                name = names.setdefault(json.dumps([status, failure]), _free_name(status, shared))
                shared[name] = failure
                words = failure["description"]
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}", "description": words}
    return dict(sorted(shared.items()))


def _free_name(status: str, taken: Json) -> str:
    if status == "default":
        return "AnyOtherFailure"
    name = http.HTTPStatus(int(status)).phrase.title().replace(" ", "")
    alike = sum(one.rstrip("0123456789") == name for one in taken)
    return f"{name}{alike + 1}" if alike else name
