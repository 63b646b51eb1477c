"""`sanad eval run` reads no passage twice; `sanad index` keeps no vectors beside its index."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.settings import load_settings
from tests.core.backends.real_model import bundled_parts
from tests.sanad.command import run_sanad

ARTICLES = {
    "treaty": "وقعت موسكو وبيونغ يانغ معاهدة شراكة استراتيجية في حزيران.",
    "port": "The port of Ras Manar handled 2.07 million containers in 2024. 🚢",
    "oil": "قیمت نفت در بازار جهانی دو درصد بالا رفت.",
}


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    folder = tmp_path / "collection"
    (folder / "qrels").mkdir(parents=True)
    corpus = [{"_id": key, "title": "", "text": text} for key, text in ARTICLES.items()]
    queries = [{"_id": "q1", "text": "كم حاوية في الميناء؟"}]
    for name, records in (("corpus", corpus), ("queries", queries)):
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    judgments = "query-id\tcorpus-id\tscore\nq1\tport\t1\n"
    (folder / "qrels" / "test.tsv").write_text(judgments, encoding="utf-8")
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache folder that holds the prepared model and nothing else."""
    bundled_parts()
    folder = tmp_path / "cache"
    folder.mkdir()
    for name in ("models", "runtime"):
        (folder / name).symlink_to(load_settings({}).cache_dir / name)
    return folder


def measure(collection: Path, cache: Path) -> dict[str, Any]:
    done = run_sanad(
        *("eval", "run", str(collection), "--json", "--per-topic"),
        data_dir=cache / "data",
        SANAD_CACHE_DIR=str(cache),
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def kept(cache: Path) -> dict[bytes, tuple[bytes, bytes]]:
    """Vector and codes by key."""
    (path,) = cache.glob("eval/vectors/*/*.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT key, vector, codes FROM vectors")
        return {key: (vector, codes) for key, vector, codes in rows}


def forget_indexes(cache: Path) -> None:
    for path in (cache / "eval").iterdir():
        if path.name != "vectors":
            shutil.rmtree(path)


def test_vectors_outlive_the_index_and_are_believed(collection: Path, cache: Path) -> None:
    first = measure(collection, cache)
    vectors = kept(cache)
    forget_indexes(cache)
    again = measure(collection, cache)

    assert len(vectors) == len(ARTICLES)
    assert kept(cache) == vectors
    assert again["topics"] == first["topics"]
    assert again["manifest"]["index"]["passages"] == first["manifest"]["index"]["passages"]


def test_another_corpus_adds_only_what_is_new(collection: Path, cache: Path) -> None:
    measure(collection, cache)
    before = kept(cache)
    with (collection / "corpus.jsonl").open("a", encoding="utf-8") as corpus:
        new = {"_id": "new", "title": "", "text": "长江水位上涨。"}
        corpus.write(json.dumps(new, ensure_ascii=False) + "\n")
    measure(collection, cache)

    after = kept(cache)
    assert len(after) == len(before) + 1
    assert before.items() <= after.items()


def test_indexing_an_archive_keeps_no_vectors(collection: Path, cache: Path) -> None:
    done = run_sanad(
        *("index", str(collection / "corpus.jsonl")),
        data_dir=cache / "data",
        SANAD_CACHE_DIR=str(cache),
    )
    assert done.returncode == 0, done.stderr
    assert not (cache / "eval").exists()
