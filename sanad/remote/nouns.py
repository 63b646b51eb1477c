"""From the wire back to the nouns of the read path.

The wire does not tell everything: the order and the tokens of a passage are 0 here, and of the
article of a citation only what the citation shows is known.
"""

from api.schemas.answers import AnswerOut, CitationOut
from api.schemas.articles import ArticleHeaderOut, ArticleOut
from api.schemas.conflicts import ConflictOut, FigureClaimOut
from api.schemas.search import SearchResultOut
from core.conflicts import Conflict, FigureClaim
from core.errors import InputError
from core.types import (
    Answer,
    AnswerSentence,
    Article,
    ArticleHeader,
    Citation,
    Correction,
    Passage,
    StoredArticle,
)
from retrieval.query import SearchHit


def answer_of(told: AnswerOut) -> Answer:
    """The answer that a server told."""
    return Answer(
        id=told.id,
        status=told.status,
        mode=told.mode,
        text=told.text,
        language=told.language,
        sentences=tuple(
            AnswerSentence(
                start=sentence.start,
                end=sentence.end,
                citations=sentence.citations,
                support=sentence.support,
            )
            for sentence in told.sentences
        ),
        citations=tuple(map(_citation, told.citations)),
        confidence=told.confidence,
        newest_evidence=told.newest_evidence,
        notices=told.notices,
        timing_ms=told.timing_ms,
        nearest=tuple(map(header_of, told.nearest)),
        withheld=told.withheld,
        query=told.query,
        periods=tuple(period.to_period() for period in told.periods),
        conflicts=tuple(map(_conflict, told.conflicts)),
    )


def hit_of(told: SearchResultOut) -> SearchHit:
    """The result that a server told.

    Raises:
        InputError: it does not explain it.
    """
    if told.explain is None:
        raise InputError(f"the server does not explain its result {told.rank}: update it")
    passage = told.passage
    return SearchHit(
        rank=told.rank,
        score=told.score,
        passage=Passage(
            id=passage.id,
            article_id=told.article.id,
            order=0,
            start=passage.start,
            end=passage.end,
            text=passage.text,
            language=passage.language,
            tokens=0,
            heading=passage.heading,
        ),
        header=header_of(told.article),
        explain=told.explain.to_explanation,
    )


def stored_article_of(told: ArticleOut) -> StoredArticle:
    """The article that a server told."""
    header = header_of(told)
    article = Article(
        id=header.id,
        title=header.title,
        body=told.body,
        language=header.language,
        url=header.url,
        published_at=header.published_at,
        updated_at=header.updated_at,
        source=header.source,
        authors=header.authors,
        section=header.section,
        tags=header.tags,
        corrections=header.corrections,
        status=told.status,
        embargoed_until=told.embargoed_until,
    )
    return StoredArticle(
        article=article,
        content_hash=told.content_hash,
        version=told.version,
        passage_count=told.passages,
    )


def header_of(told: ArticleHeaderOut) -> ArticleHeader:
    """The header that a server told."""
    return ArticleHeader(
        id=told.id,
        title=told.title,
        language=told.language,
        url=told.url,
        published_at=told.published_at,
        updated_at=told.updated_at,
        source=told.source,
        authors=told.authors,
        section=told.section,
        tags=told.tags,
        corrections=tuple(Correction(at=one.at, text=one.text) for one in told.corrections),
    )


def _citation(told: CitationOut) -> Citation:
    around, _ = told.selectors
    return Citation(
        number=told.number,
        header=ArticleHeader(
            id=told.article_id,
            title=told.title,
            language=told.language,
            url=told.url,
            published_at=told.published_at,
            source=told.source,
        ),
        quote=told.quote,
        start=told.start,
        end=told.end,
        prefix=around.prefix,
        suffix=around.suffix,
        deep_link=told.deep_link,
        also=tuple(map(header_of, told.also)),
        sources=told.sources,
        answer_spans=tuple((span.start, span.end) for span in told.answer_spans),
    )


def _conflict(told: ConflictOut) -> Conflict:
    return Conflict(claims=tuple(map(_claim, told.claims)))


def _claim(told: FigureClaimOut) -> FigureClaim:
    return FigureClaim(
        header=header_of(told.article),
        figure=told.figure,
        start=told.start,
        end=told.end,
        citation=told.citation,
        also=tuple(map(header_of, told.also)),
        sources=told.sources,
    )
