"""Whether a site can be read without a network: ``python .ci/check_site.py FOLDER``.

Tells each script, style, picture or other part of a page that a browser would fetch from elsewhere,
and fails when there is one. Links for people to follow are no such parts.
"""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from typing_extensions import override

ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
IN_STYLES = re.compile(r"(?:url\(|@import)\s*[\"']?\s*((?:[a-z]+:)?//[^\"')\s]+)", re.IGNORECASE)
FETCHED = ("src", "srcset", "data", "poster")


class Parts(HTMLParser):
    """Gathers what a page fetches from elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elsewhere = IN_STYLES.findall(text)
        self.feed(text)
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = FETCHED if tag != "link" else ("href",)
        values = (value for name, value in attrs if name in names and value)
        self.elsewhere += [value for value in values if ELSEWHERE.match(value)]


def from_elsewhere(site: Path) -> Iterator[str]:
    """Yield page and address of each part that is not in the folder itself."""
    for page in sorted(site.rglob("*.html")):
        for address in Parts(page.read_text(encoding="utf-8")).elsewhere:
            yield f"{page.relative_to(site)}: {address}"
    for style in sorted(site.rglob("*.css")):
        for address in IN_STYLES.findall(style.read_text(encoding="utf-8")):
            yield f"{style.relative_to(site)}: {address}"


def main(site: Path) -> int:
    """Print what comes from elsewhere; return 1 where there is any, or no page at all."""
    found = list(from_elsewhere(site))
    print(*found, sep="\n", end="\n" * bool(found))
    return int(bool(found) or not any(site.rglob("*.html")))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
