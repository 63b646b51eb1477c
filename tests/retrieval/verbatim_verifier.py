"""The strictest verifier: a sentence stands if a quote holds it, word for word."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.text import fold, words
from core.types import Citation, Support


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbatimJudgment:
    """QUOTED, or UNSUPPORTED with the reason."""

    support: Support
    problems: tuple[str, ...] = ()


class VerbatimVerifier:
    """Spelling variants and punctuation aside, a sentence must run within one quote."""

    async def verify(
        self, sentence: str, quotes: Sequence[Citation], *, language: str
    ) -> VerbatimJudgment:
        """QUOTED if one of `quotes` holds the words of `sentence` in this order."""
        wanted = f" {' '.join(words(fold(sentence)))} "
        held = [f" {' '.join(words(fold(quote.quote)))} " for quote in quotes]
        if wanted.strip() and any(wanted in one for one in held):
            return VerbatimJudgment(support=Support.QUOTED)
        return VerbatimJudgment(
            support=Support.UNSUPPORTED, problems=("its words are in no quote",)
        )
