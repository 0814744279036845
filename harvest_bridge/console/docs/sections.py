"""What the page consists of: guides, and a section for each tag of the description."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.utils.text import slugify

from harvest_bridge.console.openapi_document import document

from .operations import Described, described

GUIDES = {
    "start": "Getting started",
    "lists-and-writes": "Lists and writes",
    "errors": "Errors and limits",
    "typed-clients": "Typed clients",
}
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Section:
    """Shape: `tag` is empty for a guide; `group` is the chapter of the menu that it stands in."""

    slug: str
    title: str
    group: str
    tag: str = ""


@lru_cache
def sections() -> dict[str, Section]:
    """By slug, in the order of the menu."""
    found = [Section(slug, title, "Guides") for slug, title in GUIDES.items()]
    for group in document()["x-tagGroups"]:
        found += [_section(tag, group["name"]) for tag in group["tags"]]
    order = list(dict.fromkeys(one.group for one in found))
    return {one.slug: one for one in sorted(found, key=lambda one: order.index(one.group))}


def _section(tag: str, group: str) -> Section:
    is_report = tag.startswith("reports_")
    title = tag.removeprefix("reports_").replace("_", " ").capitalize()
    return Section(slugify(tag), title, "Reports" if is_report else group, tag)


def operations(section: Section) -> list[Described]:
    return [
        described(path, method, item[method], document())
        for path, item in document()["paths"].items()
        for method in _METHODS
        if method in item and section.tag in item[method]["tags"]
    ]
