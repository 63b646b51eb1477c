"""Search results and answers for people at a terminal.

Article text is data: control and direction-override characters in it are made visible or
dropped, so that no article can steer the terminal.
"""

import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from api.schemas.answers import AnswerOut, CitationOut
from api.schemas.articles import ArticleHeaderOut
from api.schemas.search import SearchOut, SearchResultOut
from core.types import AnswerStatus
from sanad.explained import explanation_lines

if TYPE_CHECKING:
    from indexing.report import IndexReport  # it brings in every reader of sources

_DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")


def printable(text: str) -> str:
    """`text` without characters that could steer a terminal; line ends and tabs stay."""
    return "".join(
        "\ufffd"
        if unicodedata.category(character) == "Cc" and character not in "\n\t"
        else character
        for character in text
        if character not in _DIRECTION_OVERRIDES
    )


def print_answer(answer: AnswerOut, console: Console) -> None:
    """The answer, its notices, and its numbered sources."""
    if answer.status is AnswerStatus.ABSTAINED:
        _line(console, Text(printable(answer.text), style="bold yellow"))
        if answer.nearest:
            _line(console, Text("Nearest articles:", style="dim"))
            for header in answer.nearest:
                _line(console, Text("  · ") + _header_line(header))
        return
    for citation in answer.citations:
        _line(
            console,
            Text.assemble(
                (printable(citation.quote), "bold"), (f" [{citation.number}]", "bold cyan")
            ),
        )
    for notice in answer.notices:
        _line(console, Text(printable(notice), style="yellow"))
    console.print()
    for citation in answer.citations:
        _print_source(citation, console)
    _line(console, Text(f"confidence {answer.confidence:.2f}", style="dim"))


def print_results(results: SearchOut, console: Console) -> None:
    """Ranked results, each with its headline, the passage found and, if asked for, why."""
    for hit in results.results:
        _print_hit(hit, console)
    for notice in results.notices:
        _line(console, Text(printable(notice), style="yellow"))


def _print_source(citation: CitationOut, console: Console) -> None:
    byline = _byline(
        citation.title,
        source=citation.source,
        published_at=citation.published_at,
        language=citation.language,
    )
    _line(console, Text(f"[{citation.number}] ", style="cyan") + byline)
    if citation.deep_link is not None:
        _line(console, Text(f"    {printable(citation.deep_link)}", style="dim"))


def _print_hit(hit: SearchResultOut, console: Console) -> None:
    _line(console, Text(f"{hit.rank}. ", style="cyan") + _header_line(hit.article))
    _line(console, Text(printable(hit.passage.text)))
    if hit.article.url is not None:
        _line(console, Text(printable(hit.article.url), style="dim"))
    if hit.explain is not None:
        for line in explanation_lines(hit.explain, score=hit.score, language=hit.passage.language):
            _line(console, Text(printable(line), style="dim"))
    console.print()


def _byline(
    title: str, *, source: str | None, published_at: datetime | None, language: str
) -> Text:
    date = None if published_at is None else f"{published_at:%Y-%m-%d}"
    details = " · ".join(part for part in (source, date, language) if part)
    return Text.assemble((printable(title), "bold"), "  ", (printable(f"({details})"), "dim"))


def _header_line(header: ArticleHeaderOut) -> Text:
    return _byline(
        header.title,
        source=header.source,
        published_at=header.published_at,
        language=header.language,
    )


def _line(console: Console, text: Text) -> None:
    # soft_wrap leaves line breaking to the terminal, which knows directions; we do not.
    console.print(text, soft_wrap=True)


def print_index_report(report: "IndexReport", console: Console) -> None:
    """What became of the articles, rejections first."""
    for rejection in report.rejected:
        _line(
            console,
            Text.assemble(
                ("rejected ", "red"), printable(f"{rejection.source}: {rejection.reason}")
            ),
        )
    for notice in report.notices:
        _line(console, Text(printable(notice), style="yellow"))
    rate = (report.indexed + report.updated) / max(report.seconds, 1e-9)
    _line(
        console,
        Text(
            f"{report.indexed} indexed, {report.updated} updated, {report.unchanged} unchanged, "
            f"{len(report.rejected)} rejected; {report.passages} passages written "
            f"in {report.seconds:.1f} s ({rate:.1f} articles/s)"
        ),
    )
