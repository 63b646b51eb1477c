"""Runs over parallel topics, made by hand."""

from collections.abc import Mapping, Sequence

from eval.measures import measure_topics
from eval.runs import SHOWN, Judged, Result, Run, RunTopic


def result(rank: int, article_id: str, language: str) -> Result:
    return Result(
        rank=rank,
        article_id=article_id,
        passage_id=f"{article_id}#0",
        score=1 / rank,
        language=language,
        title="",
        text="نص",
    )


def judged(article_id: str, language: str) -> Judged:
    return Judged(article_id=article_id, grade=1, language=language, title="", text="نص")


def parallel_topic(
    key: str, *, language: str, relevant: Sequence[str], order: Sequence[str]
) -> RunTopic:
    """Article ids end with their language: "7-ar"."""
    qrels = {key: dict.fromkeys(relevant, 1)} if relevant else {}
    languages = [article.rsplit("-", 1)[1] for article in relevant]
    return RunTopic(
        id=key,
        text=key,
        language=language,
        pair=f"{language}->{'+'.join(sorted(set(languages))) or 'none'}",
        kind="",
        answerable=bool(relevant),
        measures=measure_topics(qrels, {key: scores(order)}).get(key, {}),
        results=tuple(
            result(rank, article, article.rsplit("-", 1)[1])
            for rank, article in enumerate(order[:SHOWN], 1)
        ),
        judged=tuple(judged(article, article.rsplit("-", 1)[1]) for article in relevant),
    )


def scores(order: Sequence[str]) -> dict[str, float]:
    return {article: 1 / rank for rank, article in enumerate(order, 1)}


def run_of(orders: Mapping[str, Sequence[str]], *topics: RunTopic) -> Run:
    return Run(
        name="run",
        topics=topics,
        ranking={key: scores(order) for key, order in orders.items()},
        manifest={},
    )
