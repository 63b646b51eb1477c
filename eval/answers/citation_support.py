"""Whether the citations of a sentence support it, and which of them it needs.

Gao et al. 2023, "Enabling Large Language Models to Generate Text with Citations" (ALCE), section 3:
a sentence has citation recall 1 if it has a citation and all of its citations together entail it.
A citation has precision 1 if its sentence has recall 1 and it is not irrelevant; irrelevant is one
that does not support the sentence alone, while the others without it still do. ALCE asks a model
of entailment; we ask a test that gives the same verdict every time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.display import neutralise
from core.types import Answer, AnswerSentence, Citation, Support
from eval.answers.runs import CheckedSentence


class Verdict(Protocol):
    """How well a sentence stands on its quotes."""

    @property
    def support(self) -> Support:
        """QUOTED and SUPPORTED count as support."""
        ...


class SupportTest(Protocol):
    """Tells whether quotes support a sentence: `retrieval.verification` does."""

    async def verify(self, sentence: str, quotes: Sequence[Citation], *, language: str) -> Verdict:
        """The verdict for `sentence`, which is in `language`."""
        ...


async def check_sentences(answer: Answer, *, test: SupportTest) -> tuple[CheckedSentence, ...]:
    """The sentences of `answer` in order, each with what `test` makes of its citations."""
    return tuple([await _check(answer, sentence, test) for sentence in answer.sentences])


@dataclass(frozen=True, slots=True)
class CitedSupport:
    """Whether citations together support a sentence, and the numbers of those it needs."""

    is_supported: bool
    relevant: tuple[int, ...]


async def check_cited(
    text: str, cited: Sequence[Citation], *, test: SupportTest, language: str
) -> CitedSupport:
    """What `test` makes of the sentence `text` and the citations that it names."""

    async def is_held(quotes: Sequence[Citation]) -> bool:
        # A sentence that is its quote stands on it by definition; it is neutralised for showing.
        if not quotes or any(text in {one.quote, neutralise(one.quote)} for one in quotes):
            return bool(quotes)
        verdict = await test.verify(text, quotes, language=language)
        return verdict.support in {Support.QUOTED, Support.SUPPORTED}

    if not await is_held(cited):
        return CitedSupport(is_supported=False, relevant=())
    if len(cited) == 1:
        return CitedSupport(is_supported=True, relevant=(cited[0].number,))
    relevant = [
        one.number
        for one in cited
        if await is_held([one]) or not await is_held(_without(cited, one))
    ]
    return CitedSupport(is_supported=True, relevant=tuple(relevant))


async def _check(answer: Answer, sentence: AnswerSentence, test: SupportTest) -> CheckedSentence:
    text = answer.text[sentence.start : sentence.end]
    cited = [one for one in answer.citations if one.number in sentence.citations]
    found = await check_cited(text, cited, test=test, language=answer.language)
    return CheckedSentence(
        text=text,
        citations=sentence.citations,
        support=sentence.support.value,
        is_supported=found.is_supported,
        relevant=found.relevant,
    )


def _without(cited: Sequence[Citation], left_out: Citation) -> list[Citation]:
    return [citation for citation in cited if citation is not left_out]
