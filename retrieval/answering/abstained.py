"""What a reader is told when the archive does not answer: what was searched, what comes nearest."""

from collections.abc import Iterator, Sequence

from core.display import shortened
from core.types import ArticleHeader, PassageFilter
from retrieval.search import Ranking
from retrieval.wording import Wording

SHOWN_QUESTION_CHARS = 200
SHOWN_TITLE_CHARS = 120
SHOWN_VALUES = 5
"""Values of one filter that are named; an ellipsis stands for more."""


def abstention_text(wording: Wording, ranking: Ranking, *, nearest: Sequence[ArticleHeader]) -> str:
    """A line each: that there is no answer, what was searched, its filters, the nearest articles.

    No bare "no": a reader sees whether the question was understood and how much was searched.
    """
    lines = [
        wording.say("nothing_found"),
        wording.say(
            "searched",
            query=shortened(ranking.reading.text, limit=SHOWN_QUESTION_CHARS),
            articles=str(ranking.archive.articles),
            languages=str(len(ranking.archive.languages)),
        ),
    ]
    filters = "; ".join(wording.isolated(value) for value in _filters(ranking.where))
    if filters:
        lines.append(f"{wording.say('filtered')} {filters}")
    if nearest:
        lines.append(wording.say("nearest"))
        lines.extend(f"· {_byline(header, wording)}" for header in nearest)
    return "\n".join(lines)


def _filters(where: PassageFilter) -> Iterator[str]:
    """The values of each filter that restricts."""
    days = [
        "…" if moment is None else f"{moment:%Y-%m-%d}"
        for moment in (where.published_from, where.published_to)
    ]
    if days != ["…", "…"]:
        yield " – ".join(days)
    for values in (
        where.languages,
        where.sources,
        where.sections,
        where.tags,
        where.article_ids,
    ):
        if values:
            more = ", …" if len(values) > SHOWN_VALUES else ""
            yield ", ".join(values[:SHOWN_VALUES]) + more


def _byline(header: ArticleHeader, wording: Wording) -> str:
    date = None if header.published_at is None else f"{header.published_at:%Y-%m-%d}"
    details = [wording.isolated(part) for part in (header.source, date, header.language) if part]
    title = wording.isolated(shortened(header.title, limit=SHOWN_TITLE_CHARS))
    return f"{title} ({' · '.join(details)})"
