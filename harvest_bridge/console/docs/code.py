"""How an operation is called with curl, Python and JavaScript."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One example of a call. Shape: `path` has its parameters filled in; `body` None is no body."""

    method: str
    url: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None

    @property
    def address(self) -> str:
        query = urlencode({name: _text(value) for name, value in self.query.items()}, quote_via=quote)
        return f"{self.url}{self.path}" + (f"?{query}" if query else "")


def curl(call: Call) -> str:
    lines = [f"curl -X {call.method} {shlex.quote(call.address)}", '-H "Authorization: Bearer $API_KEY"']
    if call.body is not None:
        lines += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(_json(call.body))}"]
    return " \\\n  ".join(lines)


def python(call: Call) -> str:
    verb = call.method.lower()
    does = f"httpx.{verb}(" if call.body is None or verb in ("post", "put", "patch") else "httpx.request("
    lines = [f'"{call.method}",'] if does == "httpx.request(" else []
    lines.append(f'"{call.url}{call.path}",')
    if call.query:
        lines.append(f"params={_literal(call.query)},")
    lines.append('headers={"Authorization": f"Bearer {os.environ[\'API_KEY\']}"},')
    if call.body is not None:
        lines.append(f"json={_literal(call.body)},")
    inside = "\n".join(f"    {line}" for part in lines for line in part.split("\n"))
    return f"import os\n\nimport httpx\n\nanswer = {does}\n{inside}\n)\nanswer.raise_for_status()\nprint(answer.json())"


def javascript(call: Call) -> str:
    headers = "Authorization: `Bearer ${process.env.API_KEY}`"
    lines = [f'method: "{call.method}",'] if call.method != "GET" else []
    if call.body is None:
        lines.append(f"headers: {{ {headers} }},")
    else:
        lines.append(f'headers: {{ {headers}, "Content-Type": "application/json" }},')
        lines.append(f"body: JSON.stringify({_json(call.body)}),")
    inside = "\n".join(f"  {line}" for part in lines for line in part.split("\n"))
    return (
        f"const answer = await fetch({json.dumps(call.address)}, {{\n{inside}\n}});\n"
        "if (!answer.ok) throw new Error((await answer.json()).message);\nconsole.log(await answer.json());"
    )


LANGUAGES: dict[str, tuple[str, Callable[[Call], str]]] = {
    "curl": ("curl", curl),
    "python": ("Python", python),
    "javascript": ("JavaScript", javascript),
}


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _literal(value: Any, indent: str = "") -> str:
    """A Python literal, one item a line, as a formatter would leave it."""
    deeper = indent + "    "
    if isinstance(value, Mapping) and value:
        items = "".join(f"{deeper}{json.dumps(str(k))}: {_literal(v, deeper)},\n" for k, v in value.items())
        return f"{{\n{items}{indent}}}"
    if isinstance(value, list) and value:
        return "[\n" + "".join(f"{deeper}{_literal(one, deeper)},\n" for one in value) + f"{indent}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
