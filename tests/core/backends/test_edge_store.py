"""What the embedded store promises beyond the contract: durability, repair, plain messages."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.backends import edge_points
from core.backends.edge_store import EdgeStore, open_edge_store
from core.errors import (
    ConfigError,
    IndexIdentityMismatch,
    StoreUnavailable,
)
from core.identity import IndexIdentity
from core.types import PassageFilter
from tests.contracts.legs import search_dense, search_lexical
from tests.contracts.store_archive import (
    FULL,
    brief,
    embedded,
    identity_of,
    quick_folder,
    terms,
    unit,
)
from tests.core.backends.dying_writer import CALLS_OF_A_REPLACEMENT, version

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]
GENERATION = "generation-0001"


def opened(
    data_dir: Path, *, identity: IndexIdentity | None = None, create: bool = True
) -> EdgeStore:
    return open_edge_store(
        data_dir, identity=identity or identity_of(), command="pytest", create=create
    )


def start_writer(data_dir: Path, calls: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.core.backends.dying_writer", str(data_dir), calls],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def write_and_die(data_dir: Path, *, calls: int) -> None:
    """Replace version 0 by version 1 in a process that dies after so many engine calls."""
    with start_writer(data_dir, str(calls)) as process:
        assert process.wait(timeout=60) == -signal.SIGKILL


def write_and_be_killed(data_dir: Path, *, after_s: float) -> None:
    with start_writer(data_dir, "endless") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        time.sleep(after_s)
        process.kill()


def create_and_be_killed(data_dir: Path, *, after_s: float) -> None:
    with start_writer(data_dir, "endless") as process:
        while not (data_dir / "index" / GENERATION).is_dir():
            assert process.poll() is None
            time.sleep(0.001)
        time.sleep(after_s)
        process.kill()


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    with quick_folder(tmp_path) as folder:
        yield folder


@pytest.fixture
def store(data_dir: Path) -> Iterator[EdgeStore]:
    store = opened(data_dir)
    yield store
    store.close()


async def assert_whole_or_admittedly_not(store: EdgeStore) -> None:
    """Every article that the index calls complete has exactly its passages."""
    hashes = await store.content_hashes([f"a{index}" for index in range(5)])
    for article_id, digest in hashes.items():
        stored = await store.get_article(article_id)
        assert stored is not None
        assert stored.content_hash == digest
        [expected] = [
            item for item in version(stored.version - 1) if item.stored.article.id == article_id
        ]
        assert stored == expected.stored
        passages = await store.get_passages(article_id)
        assert passages == [item.passage for item in expected.passages]


async def assert_mended_by(store: EdgeStore, number: int) -> None:
    """Writing what is not yet complete leaves exactly that version."""
    wanted = version(number)
    hashes = await store.content_hashes([item.stored.article.id for item in wanted])
    await store.replace_articles([
        item for item in wanted if hashes.get(item.stored.article.id) != item.stored.content_hash
    ])
    await assert_whole_or_admittedly_not(store)
    status = await store.status()
    assert (status.articles, status.passages) == (5, sum(len(item.passages) for item in wanted))
    found = await search_dense(store, unit(1), where=PassageFilter(), k=100)
    assert {item.passage.id for item in found} == {
        item.passage.id for embedded_article in wanted for item in embedded_article.passages
    }


@pytest.mark.parametrize("calls", range(CALLS_OF_A_REPLACEMENT + 1))
async def test_a_kill_between_any_two_steps_of_a_replacement_is_mended(
    data_dir: Path, calls: int
) -> None:
    store = opened(data_dir)
    await store.replace_articles(version(0))
    store.close()
    write_and_die(data_dir, calls=calls)
    store = opened(data_dir)
    await assert_whole_or_admittedly_not(store)
    if calls == 0:
        assert len(await store.content_hashes(["a0", "a4"])) == 2
    if calls == CALLS_OF_A_REPLACEMENT:
        hashes = await store.content_hashes(["a0"])
        assert hashes == {"a0": version(1)[0].stored.content_hash}
    await assert_mended_by(store, 1)
    store.close()


async def test_a_source_that_goes_back_after_a_kill_is_not_taken_for_unchanged(
    data_dir: Path,
) -> None:
    store = opened(data_dir)
    await store.replace_articles(version(0))
    store.close()
    write_and_die(data_dir, calls=2)
    store = opened(data_dir)
    assert await store.content_hashes(["a0", "a1"]) == {}
    await assert_mended_by(store, 0)
    store.close()


async def test_a_kill_at_any_moment_leaves_a_sound_index(data_dir: Path) -> None:
    generator = random.Random(7)
    for _ in range(6):
        write_and_be_killed(data_dir, after_s=generator.uniform(0.0, 0.4))
        store = opened(data_dir)
        await assert_whole_or_admittedly_not(store)
        await assert_mended_by(store, generator.randrange(1000))
        store.close()


async def test_a_kill_while_the_index_is_made_is_put_right(data_dir: Path) -> None:
    generator = random.Random(8)
    for attempt in range(4):
        attempt_dir = data_dir / str(attempt)
        create_and_be_killed(attempt_dir, after_s=generator.uniform(0.0, 0.1))
        store = opened(attempt_dir)
        await assert_mended_by(store, 3)
        store.close()


async def test_reopening_keeps_what_was_written(data_dir: Path) -> None:
    written = embedded(FULL, dense=[unit(1)], lexical=[terms(7)])
    store = opened(data_dir)
    await store.replace_articles([written])
    store.close()
    store = opened(data_dir, create=False)
    assert store.identity == identity_of()
    assert await store.get_article(FULL.id) == written.stored
    for found in (
        await search_dense(store, unit(1), where=PassageFilter(tags=("accord",)), k=3),
        await search_lexical(store, terms(7), where=PassageFilter(), k=3),
    ):
        assert [item.passage for item in found] == [written.passages[0].passage]
    store.close()


def test_without_an_index_the_message_says_how_to_make_one(data_dir: Path) -> None:
    with pytest.raises(ConfigError, match="run `sanad index PATH`"):
        opened(data_dir, create=False)
    assert list(data_dir.iterdir()) == []
    (data_dir / "index").mkdir()
    with pytest.raises(ConfigError, match="run `sanad index PATH`"):
        opened(data_dir, create=False)


def test_another_identity_is_refused_with_both_and_the_remedy(data_dir: Path) -> None:
    opened(data_dir).close()
    for create in (True, False):
        with pytest.raises(IndexIdentityMismatch, match="reindex") as caught:
            opened(data_dir, identity=identity_of(model="other"), create=create)
        assert "'test-model'" in str(caught.value)
        assert "'other'" in str(caught.value)
    opened(data_dir).close()


def test_an_index_may_be_opened_whatever_it_was_built_with(data_dir: Path) -> None:
    opened(data_dir, identity=identity_of(model="other")).close()
    store = open_edge_store(data_dir, identity=None, command="doctor", create=False)
    assert store.identity == identity_of(model="other")
    store.close()


async def test_a_promoted_generation_is_there_after_reopening(data_dir: Path) -> None:
    store = opened(data_dir)
    await store.replace_articles([embedded(brief("old"))])
    begun = await store.begin_generation(identity_of(model="other"))
    await begun.replace_articles([embedded(brief("new"))])
    await begun.promote()
    begun.close()
    store.close()
    folders = sorted(path.name for path in (data_dir / "index").iterdir())
    assert folders == ["CURRENT", "LOCK", "generation-0002"]
    store = opened(data_dir, identity=identity_of(model="other"))
    assert [item.article.id async for item in store.iterate_articles()] == ["new"]
    store.close()


async def test_a_closed_index_begins_and_promotes_nothing(data_dir: Path) -> None:
    store = opened(data_dir)
    begun = await store.begin_generation(identity_of(model="other"))
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.begin_generation(identity_of())
    with pytest.raises(StoreUnavailable, match="closed"):
        await begun.promote()
    begun.close()
    opened(data_dir).close()


async def test_what_a_killed_rebuild_left_is_removed(data_dir: Path) -> None:
    store = opened(data_dir)
    await store.replace_articles([embedded(brief("kept"))])
    begun = await store.begin_generation(identity_of(model="other"))
    await begun.replace_articles([embedded(brief("half"))])
    store.close()  # begun is left open, as a killed process leaves it
    assert (data_dir / "index" / "generation-0002").is_dir()
    store = opened(data_dir)
    assert not (data_dir / "index" / "generation-0002").exists()
    assert [item.article.id async for item in store.iterate_articles()] == ["kept"]
    store.close()


async def test_a_full_disk_is_said_before_the_engine_dies_of_it(
    store: EdgeStore, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched, because only the superuser can make a small disk.
    monkeypatch.setattr(edge_points, "MIN_FREE_BYTES", 2**80)
    with pytest.raises(StoreUnavailable, match="MB are free") as caught:
        await store.replace_articles(version(0))
    assert str(data_dir) in str(caught.value)
    assert "SANAD_DATA_DIR" in str(caught.value)
    assert (await store.status()).articles == 0


def test_a_folder_that_cannot_be_made_is_named(data_dir: Path) -> None:
    blocker = data_dir / "file"
    blocker.write_text("x", encoding="utf-8")
    with pytest.raises(StoreUnavailable, match="cannot be made") as caught:
        opened(blocker / "data")
    assert str(blocker) in str(caught.value)


async def test_the_size_on_disk_grows_with_the_content(store: EdgeStore) -> None:
    before = store.size_on_disk()
    assert before > 0
    await store.replace_articles([
        embedded(brief(f"a{index}", "نص طويل. " * 2000)) for index in range(50)
    ])
    assert store.size_on_disk() > before + 500_000
