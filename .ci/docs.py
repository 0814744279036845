"""Builds the manual, docs/*.md as a site, into build/docs or the folder that is named: `.ci/docs.py [FOLDER]`.

zensical makes the pages and checks the links between them. This script only gathers what belongs to the site: the pages
in the order of docs/README.md, and as pages of their own the changelog and the files of deploy/ and docs/examples/ that
pages link to. Links to other files of the repository become plain text, as their code is not on the site.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / ".ci" / "zensical.toml"
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])+)\]\((?!\w+:|#)([^)\s]+)\)")
_SHOWN = ("CHANGELOG.md", "deploy", "docs/examples")
_LANGUAGES = {".mjs": "js", ".rb": "ruby", ".py": "python", ".yml": "yaml", ".conf": "nginx"}


class BrokenDocs(Exception):
    """A page links to nothing, or is not listed in docs/README.md."""


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="hb-docs-") as name:
        folder = Path(name)
        Source(folder / "docs").gather()
        (folder / "zensical.toml").write_text(CONFIG.read_text().replace("nav = []", _navigation()))
        environment = os.environ | {"NO_COLOR": "1"}
        zensical = [str(Path(sys.executable).with_name("zensical")), "build", "--clean", "--strict"]
        subprocess.run(zensical, cwd=folder, env=environment, check=True)  # noqa: S603 (our own words)
        (folder / "site" / "404.html").unlink()
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder / "site", target)


class Source:
    """What zensical reads: copies of the pages, with links that hold on the site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done: set[Path] = set()

    def gather(self) -> None:
        for page in sorted((ROOT / "docs").rglob("*.md")):
            self.add(page)
        for picture in (ROOT / "docs").glob("*.svg"):
            shutil.copy(picture, self.folder)

    def add(self, path: Path) -> Path:
        """Copy a page, or wrap a file or folder into one. Returns its place in the source."""
        place = self.folder / _place(path)
        if path not in self.done:
            self.done.add(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(self._text(path))
        return place

    def _text(self, path: Path) -> str:
        if path.suffix == ".md":
            return _LINK.sub(lambda link: self._link(path, link[1], link[2]), path.read_text())
        if path.is_dir():
            # Python leaves its own beside examples that were run.
            there = (one for one in path.rglob("*") if one.is_file() and "__pycache__" not in one.parts)
            files = sorted(one.relative_to(path).as_posix() for one in there)
            rows = (f"- {self._link(path / 'index', f'`{name}`', name)}" for name in files)
            return f"# {path.name}/\n\n" + "\n".join(rows) + "\n"
        language = _LANGUAGES.get(path.suffix, path.suffix.removeprefix("."))
        return f"# {path.name}\n\n`{path.relative_to(ROOT)}`\n\n`````{language}\n{path.read_text()}\n`````\n"

    def _link(self, page: Path, text: str, target: str) -> str:
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve()
        if not path.exists():
            raise BrokenDocs(f"{page.relative_to(ROOT)} links to {target}, which is not there.")
        if not _is_on_the_site(path):
            return text
        place = path if path.suffix == ".svg" else self.add(path)
        start = (self.folder / _place(page)).parent
        found = os.path.relpath(self.folder / _place(path) if place == path else place, start)
        return f"[{text}]({found}{'#' if anchor else ''}{anchor})"


def _is_on_the_site(path: Path) -> bool:
    inside = path.relative_to(ROOT).as_posix()
    is_page = path.suffix in (".md", ".svg") and inside.startswith("docs/")
    return is_page or any(inside == one or inside.startswith(f"{one}/") for one in _SHOWN)


def _place(path: Path) -> Path:
    """Where it stands on the site: pages of docs/ at the top, others by their path, files and folders as pages."""
    docs = ROOT / "docs"
    inside = path.relative_to(docs) if path.is_relative_to(docs) else path.relative_to(ROOT)
    if path.is_dir():
        return inside / ("README.md" if (path / "README.md").exists() else "index.md")
    return inside if path.suffix in (".md", ".svg") else inside.with_name(f"{inside.name}.md")


def _navigation() -> str:
    """As docs/README.md lists the pages: its headings are the chapters. Errors: BrokenDocs."""
    text = (ROOT / "docs" / "README.md").read_text()
    chapters = re.split(r"^## ", text, flags=re.M)[1:]
    lines, listed = ['{ "Start" = "README.md" }', '{ "API reference" = "/docs/start" }'], {"README.md"}
    for chapter in chapters:
        title, _, body = chapter.partition("\n")
        pages = [link for link in dict.fromkeys(_pages_of(body)) if link[1] not in listed]
        listed |= {page for _, page in pages}
        inside = ", ".join(f'{{ "{name}" = "{page}" }}' for name, page in pages)
        lines.append(f'{{ "{title}" = [{inside}] }}')
    missing = {path.relative_to(ROOT / "docs").as_posix() for path in _pages()} - listed
    if missing:
        raise BrokenDocs(f"docs/README.md does not list {', '.join(sorted(missing))}.")
    return "nav = [\n  " + ",\n  ".join(lines) + "\n]"


def _pages() -> list[Path]:
    return [path for path in (ROOT / "docs").rglob("*.md") if "examples" not in path.parts]


def _pages_of(body: str) -> list[tuple[str, str]]:
    links = ((text, target.partition("#")[0]) for text, target in _LINK.findall(body))
    return [(text.strip("`"), target) for text, target in links if target.endswith(".md") and "../" not in target]


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "docs")
    except BrokenDocs as error:
        sys.exit(f"The manual was not built: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"The manual was not built: zensical ended with {error.returncode}; what it found stands above.")
