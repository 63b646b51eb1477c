"""The words of an HTML fragment, without tags, scripts and styles."""

from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "template"})
_BLOCKS = frozenset({
    "p",
    "div",
    "br",
    "li",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
})


def html_text(fragment: str) -> str:
    r"""What `fragment` shows, one line for each block, without blank lines.

    >>> html_text("<p>نص <b>مهم</b></p><script>x()</script><p>ثان</p>")
    'نص مهم\nثان'
    """
    parser = _Words()
    parser.feed(fragment)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.found).split("\x00"))
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    """Collects text; NUL stands for the border of a block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block begins a line."""
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self.found.append("\x00")

    def handle_endtag(self, tag: str) -> None:
        """A block ends a line."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self.found.append("\x00")

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        if self._silent == 0:
            self.found.append(data)
