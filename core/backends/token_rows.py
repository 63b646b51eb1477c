"""The token vectors of a forward pass, cut down to the tokens of the text itself."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from tokenizers import Encoding

from core.types import Vectors


def token_rows(
    item: Mapping[str, torch.Tensor], encoding: Encoding, *, prompt_chars: int
) -> Vectors:
    """(tokens, dim) unit norm: `item["token_embeddings"]` without padding, specials and prompt.

    `encoding` is the tokenizer's own of prompt and text; a token belongs to the text if it ends
    after the prompt. A model that gives no token vectors gives (0, 0).
    """
    if "token_embeddings" not in item:
        return np.zeros((0, 0), dtype=np.float32)
    vectors = item["token_embeddings"].detach().to("cpu", torch.float32).numpy()
    kept = [
        position
        for position, (offsets, special) in enumerate(
            zip(encoding.offsets, encoding.special_tokens_mask, strict=True)
        )
        if not special and offsets[1] > prompt_chars and position < len(vectors)
    ]
    return _unit(vectors[kept])


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)


def same_tokens(items: Sequence[Mapping[str, torch.Tensor]], encodings: Sequence[Encoding]) -> bool:
    """Whether the model read as many tokens of each text as `encodings` hold."""
    return all(
        int(item["attention_mask"].sum()) == sum(encoding.attention_mask)
        for item, encoding in zip(items, encodings, strict=True)
        if "attention_mask" in item
    )
