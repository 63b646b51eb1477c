"""Several articles at once: embedded together, one outcome each, none harmed by another."""

from dataclasses import replace

import pytest

from core.errors import ArticleRejected, EmbedderUnavailable
from core.ports import Verdict
from tests.indexing.desk import Desk, article

pytestmark = pytest.mark.anyio


async def test_each_article_gets_its_outcome_in_order() -> None:
    desk = Desk()
    await desk.pipeline.put(article(1))
    await desk.pipeline.put(article(2))
    changed = article(2, extra="خبر عاجل من العاصمة.")
    outcomes = await desk.pipeline.put_many([article(3), article(1), changed])
    assert outcomes == [Verdict.INDEXED, Verdict.UNCHANGED, Verdict.UPDATED]
    assert {key: found[1] for key, found in (await desk.contents()).items()} == {
        "خبر/1": 1,
        "خبر/2": 2,
        "خبر/3": 1,
    }


async def test_articles_are_embedded_together_and_not_one_by_one() -> None:
    desk = Desk()
    await desk.pipeline.put_many([article(n, sentences=2) for n in range(20)])
    assert len(desk.embedder.calls) == 1


async def test_articles_that_cannot_be_indexed_do_not_harm_the_others() -> None:
    desk = Desk()
    nothing = replace(article(1), body="\u200b")
    boilerplate = replace(article(2), body="اقرأ أيضا")
    impossible = replace(article(3), id=" x")
    first, second, third, fourth = await desk.pipeline.put_many([
        nothing,
        boilerplate,
        impossible,
        article(4),
    ])
    assert isinstance(first, ArticleRejected)
    assert "no visible text" in str(first)
    assert isinstance(second, ArticleRejected)
    assert isinstance(third, ArticleRejected)
    assert fourth is Verdict.INDEXED
    assert set(await desk.contents()) == {"خبر/4"}


async def test_a_fault_leaves_every_article_whole() -> None:
    desk = Desk()
    desk.embedder.fails_on = 2
    articles = [article(n, sentences=60) for n in range(40)]
    with pytest.raises(EmbedderUnavailable):
        await desk.pipeline.put_many(articles)
    held = await desk.contents()
    assert 0 < len(held) < 40
    again = Desk(desk.store)
    await again.pipeline.put_many(articles)
    alone = Desk()
    await alone.pipeline.put_many(articles)
    assert await again.contents() == await alone.contents()


async def test_nothing_in_gives_nothing_out() -> None:
    assert await Desk().pipeline.put_many([]) == []
