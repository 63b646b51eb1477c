"""In-memory doubles of the embedder and the token counter that obey the ports and can rank."""

import math
import re
import unicodedata
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np

from core.identity import EmbedderIdentity
from core.types import TokenVectors, Vectors

_CHARACTERS_PER_FEATURE = 3

_TOKEN = re.compile(
    # Scripts without spaces count by the character, as their tokens are about that long.
    r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
    r"|[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
    r"|[^\w\s]"
)


class HashingEmbedder:
    """Texts that share words and character trigrams get a high cosine.

    Deterministic on every machine; no prompts, so questions and passages embed alike.
    """

    def __init__(self, dimension: int = 256, *, max_tokens: int = 1_000_000) -> None:
        """An embedder of `dimension` >= 2 dimensions that reads `max_tokens` words and signs."""
        self._identity = EmbedderIdentity(
            model="double:hashing",
            revision="1",
            dimension=dimension,
            pooling="sum",
            precision="fp32",
            query_prompt="",
            passage_prompt="",
            max_tokens=max_tokens,
        )

    @property
    def identity(self) -> EmbedderIdentity:
        """What changes the vectors."""
        return self._identity

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) for questions."""
        return self._embed(texts)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) for passages."""
        return self._embed(texts)

    async def embed_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """For questions; a token is a word or a sign."""
        return self._embed_tokens(texts)

    async def embed_passage_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """For passages; a token is a word or a sign."""
        return self._embed_tokens(texts)

    def _embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        read = [self._beginning(text) for text in texts]
        return [
            TokenVectors(
                pooled=row, tokens=self._embed(_TOKEN.findall(text)), is_cut=len(text) < len(given)
            )
            for row, text, given in zip(self._embed(read), read, texts, strict=True)
        ]

    def _beginning(self, text: str) -> str:
        """As much of `text` as is read."""
        ends = [token.end() for token in _TOKEN.finditer(text)]
        limit = self._identity.max_tokens
        return text if len(ends) <= limit else text[: ends[limit - 1]]

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self._identity.dimension), np.float32)
        for row, text in zip(vectors, map(self._beginning, texts), strict=True):
            for feature in _features(text):
                hashed = zlib.crc32(feature.encode("utf-8", "surrogatepass"))
                # The sign lets colliding features cancel rather than add up.
                row[hashed % len(row)] += 1.0 if hashed & 0x8000_0000 else -1.0
            norm = math.sqrt(float(row @ row))
            if norm > 0:
                row /= norm
            else:
                row[0] = 1.0
        return vectors


class WordCounter:
    """Counts words, characters of scripts without spaces, and signs, one token each."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """One count a text, in order."""
        return [sum(1 for _ in _TOKEN.finditer(text)) for text in texts]

    def tokens_before(self, text: str, places: Sequence[int]) -> list[int]:
        """See TokenLocator."""
        ends = [token.end() for token in _TOKEN.finditer(text)]
        return [bisect_right(ends, place) for place in places]


def _features(text: str) -> Iterator[str]:
    normalised = unicodedata.normalize("NFKC", text).casefold()
    for word in _TOKEN.findall(normalised):
        yield f"word {word}"
        padded = f" {word} "
        for start in range(len(padded) - _CHARACTERS_PER_FEATURE + 1):
            yield padded[start : start + _CHARACTERS_PER_FEATURE]
