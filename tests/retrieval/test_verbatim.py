"""A sentence that repeats a quote stands, whatever its spelling; any other does not."""

import pytest

from core.types import ArticleHeader, Citation, Support
from retrieval.answering.verbatim import VerbatimVerifier

pytestmark = pytest.mark.anyio


def quote(text: str) -> Citation:
    header = ArticleHeader(id="a", title="t", language="ar")
    return Citation(
        number=1,
        header=header,
        quote=text,
        start=0,
        end=len(text),
        prefix="",
        suffix="",
        deep_link=None,
    )


@pytest.mark.parametrize(
    ("sentence", "stands"),
    [
        ("وقّعت موسكو وبيونغ يانغ معاهدة عام 2024", True),
        ("معاهدة عام ٢٠٢٤.", True),
        ("وقعت موسكو وبيونغ يانغ معاهدة عام 2023", False),
        ("وقعت بيونغ يانغ وموسكو معاهدة", False),
        ("سكو وبيونغ", False),
        ("…", False),
        ("", False),
    ],
)
async def test_the_words_must_run_within_one_quote(sentence: str, stands: bool) -> None:
    quotes = [quote("خبر آخر"), quote("وقعت موسكو وبيونغ يانغ معاهدة عام ٢٠٢٤، أمس.")]
    judgment = await VerbatimVerifier().verify(sentence, quotes, language="ar")
    assert judgment.support is (Support.QUOTED if stands else Support.UNSUPPORTED)
    assert bool(judgment.problems) is not stands
    assert (await VerbatimVerifier().verify(sentence, [], language="ar")).problems
