"""Runs a guide as its reader would: its blocks of commands in their order, in one shell.

| in the guide | here |
| --- | --- |
| a block `sh` | is run; the first command that fails ends the guide, as under `set -e` |
| a block `json` | the last line of output of the block before has these fields, of these types |
| a block `python` whose first line is `# name.py` | is written to that file |
| `<!-- run: … -->` | is run too: what people do meanwhile (`hands.py`) |
| `<!-- given -->` | the next block is not run: its variables are given |
| other blocks | are for reading, or for another test |
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harvest_bridge.env import ROOT

GUIDES = ROOT / "docs" / "guides"
_PARTS = re.compile(r"^<!-- (run: (?P<run>.*?)|given) -->$|^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.M | re.S)
_SAME = {"status", "state", "statusCode", "code", "type", "change", "because", "deleted_cause", "is_complete"}
_HANDS = """
hands() {{ (cd {root} && {python} -m tests.guides.hands "$@"); }}
for deed in consent linked end_access await_status month_before_last days_ago; do
  eval "$deed() {{ hands $deed \\"\\$@\\"; }}"
done
export BRIDGE KEY SANDBOX
"""


@dataclass(frozen=True)
class Block:
    language: str
    code: str

    @property
    def file(self) -> str:
        """The name in its first line, or none."""
        found = re.match(r"(?:#|//) (\w[\w.-]*\.\w+)\n", self.code)
        return found[1] if found else ""


def blocks(guide: str) -> Iterator[Block]:
    """What is run or compared, in order; deeds of people have the language `run`."""
    is_given = False
    for part in _PARTS.finditer((GUIDES / guide).read_text()):
        if part["language"] is None:
            is_given = part["run"] is None
            if part["run"]:
                yield Block("run", part["run"])
        elif not is_given:
            yield Block(part["language"], part["code"])
        else:
            is_given = False


def run(guide: str, folder: Path, surroundings: Mapping[str, str]) -> None:
    """Errors: AssertionError, with what the shell said, or the block whose answer was another."""
    found = list(blocks(guide))
    for block in found:
        if block.language == "python" and block.file:
            (folder / block.file).write_text(block.code)
    script = ["set -euo pipefail", _HANDS.format(root=ROOT, python=sys.executable)]
    for number, block in enumerate(found):
        if block.language == "sh":
            script.append(f"exec >{number}.out\n{block.code}")
        elif block.language == "run":
            script.append(f"exec >{number}.run\n{block.code}\n")
    (folder / "guide.sh").write_text("\n".join(script))
    done = subprocess.run(
        ["bash", "guide.sh"],
        cwd=folder,
        env=dict(surroundings),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{guide} ended with {done.returncode}: {done.stderr}\n{_last_output(folder)}"
    for number, block in enumerate(found):
        if block.language == "json":
            assert found[number - 1].language == "sh", f"{guide}: this answer follows no command: {block.code}"
            _compare(json.loads(block.code), _answer(folder / f"{number - 1}.out"), f"{guide}: {block.code}")


def _last_output(folder: Path) -> str:
    outputs = sorted(folder.glob("*.out"), key=lambda path: int(path.stem))
    return outputs[-1].read_text()[-2000:] if outputs else ""


def _answer(file: Path) -> Any:
    """The last JSON value that the block printed."""
    text, decoder, found, place = file.read_text(), json.JSONDecoder(), None, 0
    while place < len(text):
        try:
            found, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError:
            place = text.find("\n", place) + 1 or len(text)  # a line of something else
    return found


def _compare(shown: Any, given: Any, where: str) -> None:
    """Whatever is shown is there and of that type; states, codes and the like are the same."""
    if isinstance(shown, dict):
        assert isinstance(given, dict), f"{where}\ngave {given}"
        for name, value in shown.items():
            assert name in given, f"{where}\nhas no {name} in {sorted(given)}"
            assert name not in _SAME or given[name] == value, f"{where}\n{name} is {given[name]}"
            _compare(value, given[name], f"{where} {name}:")
    elif isinstance(shown, list):
        assert isinstance(given, list), f"{where}\ngave {given}"
        for value in shown:
            assert given, f"{where}\nis empty"
            _compare(value, given[0], where)
    else:
        assert type(given) is type(shown) or {type(given), type(shown)} <= {int, float}, f"{where}\ngave {given!r}"
