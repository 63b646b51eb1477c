"""The passage encoder gives pooled vectors and codes in the order of the texts."""

import numpy as np
import pytest

from core.backends.memory_embedder import HashingEmbedder
from core.passage_encoder import TokenPassageEncoder
from core.token_codec import TokenCodec


@pytest.mark.anyio
async def test_each_text_gets_its_pooled_vector_and_the_codes_of_its_tokens() -> None:
    embedder = HashingEmbedder(dimension=64)
    zero = {"ar": np.zeros(64, dtype=np.float32)}
    codec = TokenCodec(passage_means=zero, question_means=zero)
    texts = ["وقعت موسكو معاهدة", "", "the port of Ras Manar 🚢"]
    found = await TokenPassageEncoder(embedder, codec).encode(texts, languages=["ar", "ar", "en"])
    assert np.array_equal(
        np.stack([one.pooled for one in found]), await embedder.embed_passages(texts)
    )
    assert [len(one.codes) // 16 for one in found] == [3, 0, 6]
    question = (await embedder.embed_query_tokens(["معاهدة"]))[0].tokens
    # Of the 64 values of this double, most are 0: two bits keep less of them than of a model's.
    matches = codec.match(question, [one.codes for one in found])[:, 0]
    assert matches[0] > 0.6 > matches[2] > matches[1] == -1.0
    assert await TokenPassageEncoder(embedder, codec).encode([], languages=[]) == []
