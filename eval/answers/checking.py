"""Citations and words of an answer, held against the archive and the gold."""

from collections.abc import Iterable
from typing import Protocol

from core.language import identify_language
from core.types import Answer, AnswerStatus, Citation, StoredArticle, Support
from eval.answers.runs import CheckedCitation
from eval.collection import GoldQuote

MOST = 0.5
"""Of the characters of an answer. Of 1,099 quotes that held the gold in three collections, 6 were
parts of it, down to a fifth."""


class Articles(Protocol):
    """The archive, in process or over HTTP."""

    async def get_article(self, article_id: str) -> StoredArticle | None:
        """The article, or None if the archive does not hold it."""
        ...


async def check_citations(
    citations: Iterable[Citation], gold: Iterable[GoldQuote], *, articles: Articles
) -> tuple[CheckedCitation, ...]:
    """Each of `citations` sliced anew out of the stored article, in order."""
    gold = tuple(gold)
    return tuple([await _check(citation, gold, articles) for citation in citations])


def holds_answer(citation: Citation, gold: Iterable[GoldQuote]) -> bool:
    """Whether `citation` quotes an answer of its article whole, or is itself most of one.

    White space counts as one blank. The second is for gold of several sentences: a quote within
    it must make at least MOST of it. Where an answer stands in the article twice, either place
    counts.
    """
    quote = _spaced(citation.quote)
    answers = [_spaced(entry.quote) for entry in gold if entry.article_id == citation.header.id]
    return any(
        answer in quote or (quote in answer and len(quote) >= MOST * len(answer))
        for answer in answers
    )


def own_language(answer: Answer) -> str:
    """Language of what the answer says in its own words; "" if it only quotes."""
    if answer.status is AnswerStatus.ABSTAINED:
        # What follows names the question and the nearest articles, in whatever language.
        return identify_language(answer.text.partition("\n")[0])
    own = [
        answer.text[sentence.start : sentence.end]
        for sentence in answer.sentences
        if sentence.support is not Support.QUOTED
    ]
    return identify_language("\n".join(own)) if own else ""


async def _check(
    citation: Citation, gold: tuple[GoldQuote, ...], articles: Articles
) -> CheckedCitation:
    stored = await articles.get_article(citation.header.id)
    body = "" if stored is None else stored.article.body
    return CheckedCitation(
        number=citation.number,
        article_id=citation.header.id,
        language=citation.header.language,
        title=citation.header.title,
        quote=citation.quote,
        start=citation.start,
        end=citation.end,
        resolves=0 <= citation.start < citation.end <= len(body),
        # Not by the answerer's own check: that is what is measured.
        is_exact=(
            bool(citation.quote)
            and body[citation.start : citation.end] == citation.quote
            and body[: citation.start].endswith(citation.prefix)
            and body[citation.end :].startswith(citation.suffix)
        ),
        holds_gold=holds_answer(citation, gold),
    )


def _spaced(text: str) -> str:
    return " ".join(text.split())
