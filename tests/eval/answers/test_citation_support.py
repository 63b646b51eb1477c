"""Citation recall and precision as ALCE defines them, case by case."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from core.display import neutralise
from core.types import Citation, Support
from eval.answers.citation_support import check_sentences
from tests.eval.answers.answered import FIRST, SECOND, answer, citation
from tests.retrieval.verbatim_verifier import VerbatimJudgment, VerbatimVerifier

pytestmark = pytest.mark.anyio

CLAIM = "Moscow and Pyongyang signed a treaty of mutual aid."


@dataclass
class Needs:
    """A test under which the claim needs every one of `words` in its quotes together."""

    words: Sequence[str]

    async def verify(
        self, sentence: str, quotes: Sequence[Citation], *, language: str
    ) -> VerbatimJudgment:
        together = " ".join(quote.quote for quote in quotes)
        is_held = all(word in together for word in self.words)
        return VerbatimJudgment(support=Support.SUPPORTED if is_held else Support.PARTIAL)


BOTH = [citation(FIRST), citation(SECOND, number=2)]


@pytest.mark.parametrize(
    ("words", "cited", "is_supported", "relevant"),
    [
        (["موسكو"], (1,), True, (1,)),
        (["موسكو"], (2,), False, ()),
        (["موسكو"], (1, 2), True, (1,)),  # 2 says nothing of it, and 1 does without it
        (["موسكو", "المساعدة"], (1, 2), True, (1, 2)),  # neither does alone
        (["معاهدة"], (1,), True, (1,)),
        (["المعاهدة", "لا شيء"], (1, 2), False, ()),
        (["موسكو"], (), False, ()),
        (["موسكو"], (9,), False, ()),  # no citation of the answer
    ],
)
async def test_a_sentence_needs_its_citations_or_not(
    words: Sequence[str],
    cited: tuple[int, ...],
    is_supported: bool,
    relevant: tuple[int, ...],
) -> None:
    given = answer(BOTH, sentences=[(CLAIM, cited, Support.SUPPORTED)])
    (found,) = await check_sentences(given, test=Needs(words))
    assert (found.is_supported, found.relevant) == (is_supported, relevant)
    assert (found.text, found.citations, found.support) == (CLAIM, cited, "supported")


async def test_a_quote_supports_the_sentence_that_it_is_whatever_the_test_says() -> None:
    given = answer(BOTH, sentences=[(FIRST, (1, 2), Support.QUOTED)])
    (found,) = await check_sentences(given, test=Needs(["nowhere"]))
    assert (found.is_supported, found.relevant) == (True, (1,))


async def test_a_quote_that_is_neutralised_for_showing_is_still_the_quote() -> None:
    published = f"\u202e{FIRST}"
    given = answer(
        [citation(published, start=0)], sentences=[(neutralise(published), (1,), Support.QUOTED)]
    )
    (found,) = await check_sentences(given, test=Needs(["nowhere"]))
    assert neutralise(published) != published
    assert found.is_supported
    (found,) = await check_sentences(given, test=VerbatimVerifier())
    assert found.is_supported


async def test_the_verbatim_verifier_knows_quotes_and_parts_of_them_only() -> None:
    sentences = [("معاهدة شراكة", (1,), Support.SUPPORTED), (CLAIM, (1,), Support.SUPPORTED)]
    found = await check_sentences(answer(BOTH, sentences=sentences), test=VerbatimVerifier())
    assert [one.is_supported for one in found] == [True, False]
