"""All the vectors that an index keeps of a passage, from one pass of the model."""

from collections.abc import Sequence
from functools import partial

import anyio.to_thread

from core.ports import TokenEmbedder
from core.token_codec import TokenCodec
from core.types import TokenVectors
from core.vectors import PassageVectors


class TokenPassageEncoder:
    """A PassageEncoder over an embedder and a codec of its token vectors."""

    def __init__(self, embedder: TokenEmbedder, codec: TokenCodec) -> None:
        self._embedder = embedder
        self._codec = codec

    async def encode(
        self, texts: Sequence[str], *, languages: Sequence[str]
    ) -> list[PassageVectors]:
        """See PassageEncoder."""
        read = await self._embedder.embed_passage_tokens(texts)
        return await anyio.to_thread.run_sync(partial(self._encoded, read, languages))

    def _encoded(
        self, read: Sequence[TokenVectors], languages: Sequence[str]
    ) -> list[PassageVectors]:
        return [
            PassageVectors(each.pooled, self._codec.encode(each.tokens, language=language))
            for each, language in zip(read, languages, strict=True)
        ]
