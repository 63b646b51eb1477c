"""Search results and answers for people at a terminal.

Article text is data: nothing of it steers the terminal or moves what stands beside it
(core/display.py).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from api.schemas.answers import AnswerOut, AnswerSentenceOut, CitationOut
from api.schemas.articles import ArticleHeaderOut
from api.schemas.periods import PeriodOut
from api.schemas.search import SearchOut, SearchResultOut
from core.display import isolated, neutralise, neutralise_composed
from core.types import AnswerStatus, Support
from sanad.explained import explanation_lines

if TYPE_CHECKING:
    from indexing.report import IndexReport  # it brings in every reader of sources


def print_answer(answer: AnswerOut, console: Console) -> None:
    """The answer, its notices, and its numbered sources."""
    if answer.status is AnswerStatus.ABSTAINED:
        no, _, told = neutralise_composed(answer.text).partition("\n")
        _line(console, Text.assemble((no, "bold yellow"), f"\n{told}" if told else ""))
        _print_notices(answer.notices, answer.periods, console)
        return
    _line(console, _sentences(answer))
    _print_notices(answer.notices, answer.periods, console)
    console.print()
    for citation in answer.citations:
        _print_source(citation, console)
    _line(console, Text(f"confidence {answer.confidence:.2f}", style="dim"))


def print_results(results: SearchOut, console: Console) -> None:
    """Ranked results, each with its headline, the passage found and, if asked for, why."""
    for hit in results.results:
        _print_hit(hit, console)
    _print_notices(results.notices, results.periods, console)


def _print_notices(notices: Sequence[str], periods: Sequence[PeriodOut], console: Console) -> None:
    """What a reader should know, and how the times of the question were read."""
    for notice in notices:
        _line(console, Text(neutralise_composed(notice), style="yellow"))
    for period in periods:
        days = "" if period.use == "latest" else f" {period.first or '…'}/{period.last or '…'}"
        _line(console, Text(f"time{days} ({period.use}): {neutralise(period.text)}", style="dim"))


def _sentences(answer: AnswerOut) -> Text:
    """The text of `answer`: sentences, and what stands between them, the numbers of citations."""
    shown, place = Text(), 0
    for sentence in answer.sentences:
        shown.append(neutralise(answer.text[place : sentence.start]), "bold cyan")
        shown.append_text(_sentence(answer, sentence))
        place = sentence.end
    return shown.append(neutralise(answer.text[place:]), "bold cyan")


def _sentence(answer: AnswerOut, sentence: AnswerSentenceOut) -> Text:
    """A sentence in bold; of a quote in which a short answer is marked, that alone."""
    said, shown, place = answer.text[sentence.start : sentence.end], Text(), 0
    if sentence.support is Support.QUOTED and len(sentence.citations) == 1:
        [cited] = [one for one in answer.citations if one.number == sentence.citations[0]]
        # Not for a sentence of a model that repeats a part of its quote.
        for span in cited.answer_spans if len(cited.quote) == len(said) else ():
            start, end = span.start - cited.start, span.end - cited.start
            shown.append(neutralise(said[place:start]))
            shown.append(neutralise(said[start:end]), "bold")
            place = end
    return shown.append(neutralise(said[place:]), None if place else "bold")


def _print_source(citation: CitationOut, console: Console) -> None:
    byline = _byline(
        citation.title,
        source=citation.source,
        published_at=citation.published_at,
        language=citation.language,
    )
    _line(console, Text(f"[{citation.number}] ", style="cyan") + byline)
    if citation.deep_link is not None:
        _line(console, Text(f"    {neutralise(citation.deep_link)}", style="dim"))
    for header in citation.also:
        _line(console, Text("    = ") + _header_line(header))
    if citation.sources > 1:
        _line(console, Text(f"    {citation.sources} independent sources", style="dim"))


def _print_hit(hit: SearchResultOut, console: Console) -> None:
    _line(console, Text(f"{hit.rank}. ", style="cyan") + _header_line(hit.article))
    _line(console, Text(neutralise(hit.passage.text)))
    if hit.article.url is not None:
        _line(console, Text(neutralise(hit.article.url), style="dim"))
    if hit.explain is not None:
        for line in explanation_lines(hit.explain, score=hit.score, language=hit.passage.language):
            _line(console, Text(neutralise(line), style="dim"))
    console.print()


def _byline(
    title: str, *, source: str | None, published_at: datetime | None, language: str
) -> Text:
    date = None if published_at is None else f"{published_at:%Y-%m-%d}"
    shown = [isolated(part, in_rtl=False) for part in (source, date, language) if part]
    return Text.assemble(
        (isolated(title, in_rtl=False), "bold"), "  ", (f"({' · '.join(shown)})", "dim")
    )


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
                ("rejected ", "red"), neutralise(f"{rejection.source}: {rejection.reason}")
            ),
        )
    _print_notices(report.notices, (), console)
    rate = (report.indexed + report.updated) / max(report.seconds, 1e-9)
    _line(
        console,
        Text(
            f"{report.indexed} indexed, {report.updated} updated, {report.unchanged} unchanged, "
            f"{len(report.rejected)} rejected; {report.passages} passages written "
            f"in {report.seconds:.1f} s ({rate:.1f} articles/s)"
        ),
    )
