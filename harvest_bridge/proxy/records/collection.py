"""What one collection of Harvest's API takes and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .kinds import HARVESTS, Json, table


@dataclass(frozen=True)
class Collection:
    """One row of what `resources.py` lists, with its fields.

    Shape: `name` is that of a single record; `fields` are a record's, in the order Harvest sends them, as `kinds.table`
    reads them. `create` and `update` list what a body takes, a `*` behind what it must have. A field that the record
    has under the same name is of the same kind; the others are in `written`, and what a new record takes otherwise is
    in `written_on_create`. `answers` is what a method or a write answers that is no record, by name.
    """

    name: str
    about: str
    fields: Json
    create: str = ""
    update: str = ""
    written: Json = field(default_factory=dict)
    written_on_create: Json = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    takes_files: bool = False

    @property
    def record(self) -> str:
        return f"{HARVESTS}{self.name}"

    def schemas(self) -> Json:
        """Every component of OpenAPI that this collection needs."""
        found = {self.record: table(self.fields, description=self.about)}
        for verb in ("create", "update"):
            if listed := getattr(self, verb):
                found[self.body(verb)] = self._body_schema(listed, self.written_on_create if verb == "create" else {})
        return found

    def body(self, verb: str) -> str:
        return f"{self.record}{verb.capitalize()}"

    def _body_schema(self, listed: str, written: Json) -> Json:
        kinds = {name.rstrip("?"): kind for name, kind in self.fields.items()} | self.written | written
        names = [name.rstrip("*") for name in listed.split()]
        needed = " ".join(name.rstrip("*") for name in listed.split() if name.endswith("*"))
        return table({name: kinds[name] for name in names}, needed)
