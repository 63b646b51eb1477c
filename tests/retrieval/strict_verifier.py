"""A verifier for tests: every word of a sentence stands in its quotes, function words excepted."""

from collections.abc import Sequence
from dataclasses import dataclass

import anyio

from core.lexical import query_terms, terms
from core.types import Citation, Support


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    support: Support
    problems: tuple[str, ...]


class StrictVerifier:
    def __init__(self, *, takes_s: float = 0.0) -> None:
        self.asked: list[str] = []
        self._takes_s = takes_s

    async def verify(self, sentence: str, quotes: Sequence[Citation], *, language: str) -> Words:
        self.asked.append(sentence)
        await anyio.sleep(self._takes_s)
        held = {term for quote in quotes for term in terms(quote.quote, language=language)}
        missing = [term for term in query_terms(sentence, language=language) if term not in held]
        return Words(
            support=Support.UNSUPPORTED if missing else Support.SUPPORTED,
            problems=tuple(f"{term} is in no quote" for term in missing),
        )
