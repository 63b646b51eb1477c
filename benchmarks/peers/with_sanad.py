"""Sanad with its defaults: the embedded store and the bundled model in its own runtime.

The parts are those of `sanad.composition`, so indexing is what `sanad index` does and a question
what `sanad search` does in a process that stays. Several questions at once go through the
gathering embedder of `sanad serve`; no question is asked twice, so its cache does not help.
The action "prepare" unpacks the model and prepares its runtime, which a user does once.
"""

import os

# As the command does.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
from harness import TOP_DOCUMENTS, main

from core.backends.serving_embedder import open_serving_embedder
from core.settings import Settings, load_settings
from retrieval.query import SearchQuery
from retrieval.search import Searcher
from sanad.composition import Models, open_index, open_models, open_reader, open_writer


class Sanad:
    """An index in the working folder, driven by one event loop."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._settings = _settings(Path(job["work"]))
        self._runner = asyncio.Runner()
        self._models = self._runner.run(open_models(self._settings, report=_report))
        self._open = AsyncExitStack()

    def index(self, documents: Path) -> int:
        """As `sanad index` does."""
        return self._runner.run(self._index(documents))

    def open(self) -> None:
        """Open the store and the read path."""
        self._searcher = self._runner.run(self._reader())

    def search(self, question: str) -> list[str]:
        """Ranked articles."""
        return self._runner.run(_articles(self._searcher, question))

    def search_all(self, questions: Sequence[str], *, clients: int) -> list[list[str]]:
        """As many tasks as clients, whose questions are gathered."""
        return self._runner.run(self._gathered(questions, clients))

    def close(self) -> None:
        """Close the store and the loop."""
        self._runner.run(self._open.aclose())
        self._runner.close()

    async def _index(self, documents: Path) -> int:
        from indexing.sources import read_sources  # noqa: PLC0415 - as `sanad index` does

        items = read_sources([str(documents)], settings=self._settings, stdin=None)
        async with open_index(
            self._settings, self._models, command="benchmark", create=True
        ) as store:
            report = await open_writer(self._models, store).run(items, on_progress=lambda _: None)
            if report.rejected:
                raise SystemExit(f"articles were rejected: {report.rejected}")
        return report.passages

    async def _reader(self) -> Searcher:
        self._store = await self._open.enter_async_context(
            open_index(self._settings, self._models, command="benchmark", create=False)
        )
        return await self._reading(self._models)

    async def _reading(self, models: Models) -> Searcher:
        reader = await open_reader(self._settings, models, self._store, report=_report)
        return reader.searcher

    async def _gathered(self, questions: Sequence[str], clients: int) -> list[list[str]]:
        found: dict[int, list[str]] = {}
        waiting = iter(enumerate(questions))

        async def client(searcher: Searcher) -> None:
            for position, question in waiting:
                found[position] = await _articles(searcher, question)

        async with open_serving_embedder(self._models.embedder.embedder) as embedder:
            parts = replace(self._models.embedder, embedder=embedder)
            searcher = await self._reading(replace(self._models, embedder=parts))
            async with anyio.create_task_group() as tasks:
                for _ in range(clients):
                    tasks.start_soon(client, searcher)
        return [found[position] for position in range(len(questions))]


async def _articles(searcher: Searcher, question: str) -> list[str]:
    results = await searcher.search(SearchQuery(text=question, limit=TOP_DOCUMENTS))
    return [hit.header.id for hit in results.hits]


def _settings(work: Path) -> Settings:
    return load_settings(os.environ | {"SANAD_DATA_DIR": str(work / "data")})


def _report(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _prepare(job: dict[str, Any]) -> None:
    models = asyncio.run(open_models(_settings(Path(job["work"])), report=_report))
    result = {"model": str(models.embedder.folder)}
    Path(job["result"]).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if asked["action"] == "prepare":
        _prepare(asked)
    else:
        main(Sanad, libraries=["qdrant-edge-py", "onnxruntime", "tokenizers", "numpy"])
