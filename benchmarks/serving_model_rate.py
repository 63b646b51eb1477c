"""The model's own rate for questions, without a server around it; started by serving.py.

Reads a JSON list of questions on stdin; writes questions a second as JSON on stdout: `pooled`
is all questions in one call, `tokens` the same with the token vectors that a search asks for,
and `tokens_one_by_one` one question a call.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence

import anyio

from core.backends.embedding import open_embedder
from core.settings import load_settings

REPEATS = 5


async def main(questions: list[str]) -> dict[str, object]:
    """Measure."""
    settings = load_settings(os.environ)
    embedder = open_embedder(settings, report=lambda _: None).embedder

    async def one_by_one(texts: Sequence[str]) -> None:
        for text in texts:
            await embedder.embed_query_tokens([text])

    some = questions[:64]
    await embedder.embed_query_tokens(some)  # the first calls allocate
    return {
        "questions": len(questions),
        "identity": vars_of(embedder.identity),
        "pooled": await _rate(embedder.embed_queries, questions),
        "tokens": await _rate(embedder.embed_query_tokens, questions),
        "tokens_one_by_one": await _rate(one_by_one, some),
    }


def vars_of(identity: object) -> dict[str, object]:
    """The fields of a slotted dataclass that name a runtime."""
    return {name: getattr(identity, name) for name in ("model", "revision", "precision")}


async def _rate(
    embed: Callable[[Sequence[str]], Awaitable[object]], texts: Sequence[str]
) -> dict[str, float]:
    rates = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        await embed(texts)
        rates.append(len(texts) / (time.perf_counter() - started))
    return {"median_per_s": statistics.median(rates), "min": min(rates), "max": max(rates)}


if __name__ == "__main__":
    json.dump(anyio.run(main, json.load(sys.stdin)), sys.stdout)
