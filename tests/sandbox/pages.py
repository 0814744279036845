"""Reading the sandbox's pages as a person would: their text, and what their forms hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

from harvest_bridge.sandbox.testing import RunningSandbox

UNSEEN = ("script", "style", "title")


@dataclass
class Shown(HTMLParser):
    """Shape: `text` is all visible text, one space between words; `tags` are the start tags with their attributes."""

    html: str
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    _unseen: int = 0

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._unseen += tag in UNSEEN

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [
            found for name, found in self.tags if name == tag and all(found.get(k) == v for k, v in attributes.items())
        ]

    def links(self) -> dict[str, str]:
        """The last address by link, in order; labels are not looked at."""
        return {str(found["href"]): str(found["href"]) for found in self.all("a") if "href" in found}


def opened(harvest: RunningSandbox, path: str, *, status: int = 200) -> Shown:
    answer = httpx.get(f"{harvest.url}{path}", trust_env=False)
    assert answer.status_code == status, answer.text
    return Shown(answer.text)


def sent(
    harvest: RunningSandbox, deed: str, *, headers: dict[str, str] | None = None, **fields: object
) -> httpx.Response:
    """A form as the browser sends it from the console's own page."""
    return httpx.post(
        f"{harvest.url}/sandbox/do/{deed}",
        data={name: str(value) for name, value in fields.items()},
        headers={"Sec-Fetch-Site": "same-origin"} if headers is None else headers,
        trust_env=False,
    )
