"""A foreign index is refused with both values and the remedy."""

from dataclasses import replace

import pytest

from core.errors import IndexIdentityMismatch
from core.identity import EmbedderIdentity, IndexIdentity, require_same

EMBEDDER = EmbedderIdentity(
    model="m",
    revision="r1",
    dimension=384,
    pooling="mean",
    precision="fp32",
    query_prompt="query: ",
    passage_prompt="passage: ",
    max_tokens=512,
)
IDENTITY = IndexIdentity(
    embedder=EMBEDDER, chunker="c1", normaliser="n1", lexical="l1", tokens="t1"
)


def test_the_same_identity_passes_and_survives_json() -> None:
    require_same(IndexIdentity.from_dict(IDENTITY.as_dict()), IDENTITY)


@pytest.mark.parametrize(
    "other",
    [
        replace(IDENTITY, chunker="c2"),
        replace(IDENTITY, normaliser="n2"),
        replace(IDENTITY, lexical="l2"),
        replace(IDENTITY, embedder=replace(EMBEDDER, dimension=768)),
        replace(IDENTITY, embedder=replace(EMBEDDER, precision="int8")),
        replace(IDENTITY, embedder=replace(EMBEDDER, passage_prompt="")),
    ],
)
def test_any_difference_is_refused_with_the_remedy(other: IndexIdentity) -> None:
    with pytest.raises(IndexIdentityMismatch, match=r"index has .* configured is .*sanad reindex"):
        require_same(other, IDENTITY)


@pytest.mark.parametrize("values", [{}, {"embedder": 3}, {"embedder": {"model": "m"}}])
def test_an_unreadable_identity_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(IndexIdentityMismatch, match="sanad reindex"):
        IndexIdentity.from_dict(values)
