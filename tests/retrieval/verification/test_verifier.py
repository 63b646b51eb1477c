"""The verifier keeps what stands in the quotes and withholds the rest, and says why."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.backends.memory_embedder import HashingEmbedder, WordCounter
from core.types import Article, Citation, Support
from retrieval.citations import cite
from retrieval.verification.signals import SIGNALS
from retrieval.verification.support import SupportModel
from retrieval.verification.verifier import MAX_CHARS, Verdict, Verifier, is_verbatim
from tests.retrieval.plain_cohort import plain_cohort

pytestmark = pytest.mark.anyio

ARTICLE = Article(
    id="port",
    title="Ras Manar handles more",
    body=(
        "The port of Ras Manar handled 1.84 million containers in 2023. "
        "Director Azzan Salti denied that workers were dismissed.\n"
        "ناول الميناء 5.1 مليون طن من البضائع."
    ),
    language="en",
    published_at=datetime(2024, 1, 17, tzinfo=UTC),
)
FIRST = cite(ARTICLE, number=1, start=0, end=ARTICLE.body.index(" Director"))
BOTH = cite(ARTICLE, number=1, start=0, end=ARTICLE.body.index("\n"))

BY_MEAN_MATCH = SupportModel(
    weights={name: 20.0 if name == "mean_match" else 0.0 for name in SIGNALS},
    bias=-10.0,
    partial_above=0.5,
    supported_above=0.9,
)
"""Half of the words met is the least."""


def verifier() -> Verifier:
    embedder = HashingEmbedder()
    return Verifier(
        embedder=embedder,
        counter=WordCounter(),
        codec=plain_cohort(["en", "ar"], dimension=embedder.identity.dimension).codec,
        model=BY_MEAN_MATCH,
    )


async def judge(sentence: str, *quotes: Citation) -> Verdict:
    return await verifier().verify(sentence, quotes, language="en")


async def test_a_sentence_of_the_quote_is_quoted() -> None:
    verdict = await judge("The port of Ras Manar handled 1.84 million containers in 2023.", FIRST)
    assert verdict == Verdict(support=Support.QUOTED, probability=1.0)


async def test_a_paraphrase_is_supported() -> None:
    verdict = await judge("In 2023 the port of Ras Manar handled 1.84 million containers.", FIRST)
    assert verdict.support is Support.SUPPORTED
    assert verdict.problems == ()


async def test_a_part_of_a_sentence_is_no_quote() -> None:
    assert not is_verbatim("workers were dismissed.", BOTH)
    assert is_verbatim("Director Azzan Salti denied  that workers were dismissed.", BOTH)


async def test_a_sentence_without_a_quote_is_withheld() -> None:
    verdict = await judge("The port handled containers.")
    assert verdict == Verdict(support=Support.UNSUPPORTED, problems=("no quote is cited",))


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("The port of Ras Manar handled 1.94 million containers in 2023.", "figure 1.94 million"),
        ("The port of Ras Manar handled 1.84 million containers in 2024.", "figure 2024"),
        ("The port of Ras Tanura handled 1.84 million containers in 2023.", "name Tanura"),
        ("The port of Ras Manar did not handle 1.84 million containers.", "negated in no quote"),
    ],
)
async def test_a_plain_lie_is_withheld_and_named(sentence: str, problem: str) -> None:
    verdict = await judge(sentence, FIRST)
    assert verdict.support is Support.UNSUPPORTED
    assert any(problem in one for one in verdict.problems)


async def test_an_unsupported_claim_is_withheld_with_its_probability() -> None:
    verdict = await judge("Fishermen expect a strike over wages next spring.", FIRST)
    assert verdict.support is Support.UNSUPPORTED
    assert verdict.problems == (f"the quotes hold it with probability {verdict.probability:.2f}",)


async def test_names_may_stand_in_the_title_and_figures_may_not() -> None:
    titled = replace(FIRST, header=replace(FIRST.header, title="Salalah handles 77 ships"))
    sentence = "The port of Salalah handled 1.84 million containers in 2023."
    assert (await judge(sentence, titled)).support is not Support.UNSUPPORTED
    assert (await judge("The port handled 77 million containers.", titled)).problems


@pytest.mark.parametrize("sentence", ["", " … ", "x" * (MAX_CHARS + 1)])
async def test_what_is_no_sentence_is_withheld(sentence: str) -> None:
    verdict = await judge(sentence, FIRST)
    assert verdict.support is Support.UNSUPPORTED
    assert verdict.problems


async def test_names_in_a_script_that_cannot_be_compared_are_never_fully_supported() -> None:
    sure = replace(BY_MEAN_MATCH, bias=50.0)
    embedder = HashingEmbedder()
    judge = Verifier(
        embedder=embedder,
        counter=WordCounter(),
        codec=plain_cohort(["en"], dimension=embedder.identity.dimension).codec,
        model=sure,
    )
    verdict = await judge.verify("该港口处理了集装箱", [FIRST], language="zh")
    assert verdict.support is Support.PARTIAL


@settings(deadline=None)
@given(st.text(max_size=80), st.sampled_from(["ar", "en", "tr", "zh", "fa", "xx"]))
async def test_any_sentence_gets_a_verdict(sentence: str, language: str) -> None:
    verdict = await verifier().verify(sentence, [BOTH], language=language)
    assert isinstance(verdict.support, Support)
    assert verdict.problems or verdict.support is not Support.UNSUPPORTED
