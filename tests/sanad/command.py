"""The `sanad` command as users run it: a process of its own, with a data folder of its own."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import anyio

from core.backends.edge_store import EdgeStore, open_edge_store
from core.types import Passage, StoredArticle

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample" / "corpus.jsonl"
LIMIT_S = 300

Contents = dict[str, tuple[StoredArticle, list[Passage]]]
"""Everything an index holds: article and passages by article id."""


def command_line(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "sanad", *arguments]


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """The user's, so that the prepared model is found, but with no settings other than these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SANAD_")}
    return kept | {"SANAD_DATA_DIR": str(data_dir), "SANAD_LOG_LEVEL": "warning"} | settings


def run_sanad(
    *arguments: str, data_dir: Path, stdin: str | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command_line(*arguments),
        cwd=ROOT,
        env=environment(data_dir, **settings),
        input="" if stdin is None else stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT_S,
        check=False,
    )


def read_index(data_dir: Path) -> Contents:
    """What the index under `data_dir` holds, read without the command."""
    store = open_edge_store(data_dir, identity=None, command="test", create=False)
    try:
        return anyio.run(partial(_contents, store))
    finally:
        store.close()


async def _contents(store: EdgeStore) -> Contents:
    articles = [stored async for stored in store.iterate_articles()]
    return {
        stored.article.id: (stored, await store.get_passages(stored.article.id))
        for stored in articles
    }
