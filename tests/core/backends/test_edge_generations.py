"""The pointer and the generations: what is repaired, what is refused, what is never removed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.backends import edge_generations as generations
from core.backends.edge_store import EdgeStore, open_edge_store
from core.errors import ConfigError, IndexIdentityMismatch, StoreUnavailable
from tests.contracts.store_archive import brief, embedded, identity_of, quick_folder

pytestmark = pytest.mark.anyio


def opened(data_dir: Path) -> EdgeStore:
    return open_edge_store(data_dir, identity=identity_of(), command="pytest", create=True)


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    with quick_folder(tmp_path) as folder:
        yield folder


@pytest.fixture
async def index(data_dir: Path) -> Path:
    """The folder of an index that holds one article and is closed."""
    store = opened(data_dir)
    await store.replace_articles([embedded(brief("kept"))])
    store.close()
    return data_dir / "index"


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def kept(index: Path) -> list[str]:
    store = opened(index.parent)
    try:
        return [item.article.id async for item in store.iterate_articles()]
    finally:
        store.close()


@pytest.mark.parametrize("content", [None, "", "nonsense", "../../etc", "generation-1\n"])
async def test_a_lost_pointer_is_written_again(index: Path, content: str | None) -> None:
    pointer = index / "CURRENT"
    if content is None:
        pointer.unlink()
    else:
        pointer.write_text(content, encoding="utf-8")
    assert await kept(index) == ["kept"]
    assert pointer.read_text(encoding="utf-8") == "generation-0001\n"


async def test_a_lost_pointer_to_one_of_several_is_not_guessed(index: Path) -> None:
    (index / "CURRENT").unlink()
    other = generations.new_generation(index)
    (other / "identity.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"generation-0001, generation-0002"):
        opened(index.parent)
    (index / "CURRENT").write_text("generation-0001", encoding="utf-8")
    assert await kept(index) == ["kept"]


async def test_a_pointer_to_a_missing_generation_is_refused(index: Path) -> None:
    (index / "CURRENT").write_text("generation-0009\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"generation-0009, which is missing"):
        opened(index.parent)
    assert (index / "generation-0001").is_dir()


async def test_an_index_whose_identity_is_lost_is_never_removed(index: Path) -> None:
    (index / "generation-0001" / "identity.json").unlink()
    with pytest.raises(ConfigError, match=r"lacks its identity\.json: restore it"):
        opened(index.parent)
    assert (index / "generation-0001" / "shard").is_dir()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '{"layout": 1}', '{"layout": 1, "identity": {}}', "\udcff"],
)
async def test_a_damaged_identity_is_refused(index: Path, content: str) -> None:
    path = index / "generation-0001" / "identity.json"
    path.write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(IndexIdentityMismatch):
        opened(index.parent)


async def test_another_layout_is_refused_with_both_numbers(index: Path) -> None:
    path = index / "generation-0001" / "identity.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**record, "layout": 99}), encoding="utf-8")
    with pytest.raises(IndexIdentityMismatch, match=r"layout 99, this version reads 2"):
        opened(index.parent)


async def test_debris_is_removed_and_foreign_files_are_left(index: Path) -> None:
    debris = index / "generation-0002" / "shard"
    debris.mkdir(parents=True)
    (debris / "half").write_text("x", encoding="utf-8")
    (index / "notes.txt").write_text("mine", encoding="utf-8")
    (index / "generation-old").mkdir()
    assert await kept(index) == ["kept"]
    assert names_in(index) == [
        "CURRENT",
        "LOCK",
        "generation-0001",
        "generation-old",
        "notes.txt",
    ]


async def test_a_half_made_first_generation_is_made_anew(data_dir: Path) -> None:
    (data_dir / "index" / "generation-0001" / "shard" / "segments").mkdir(parents=True)
    assert await kept(data_dir / "index") == []


@pytest.mark.parametrize("damage", ["garbage", "truncated", "missing"])
async def test_a_damaged_shard_is_refused_with_the_remedy(index: Path, damage: str) -> None:
    config = index / "generation-0001" / "shard" / "edge_config.json"
    segments = index / "generation-0001" / "shard" / "segments"
    match damage:
        case "garbage":
            config.write_bytes(b"\x00\xff garbage")
        case "truncated":
            for path in segments.rglob("payload_index/*/is_null/status.dat"):
                path.write_bytes(b"")
        case _:
            for path in (index / "generation-0001" / "shard").rglob("*"):
                if path.is_file():
                    path.unlink()
    (index / "generation-0002").mkdir()
    with pytest.raises(StoreUnavailable, match=r"cannot be loaded .* restore it or move it away"):
        opened(index.parent)
    assert (index / "generation-0002").is_dir(), "nothing is removed beside a damaged index"


def test_a_pointer_that_cannot_be_read_is_named(data_dir: Path) -> None:
    (data_dir / "index" / "CURRENT").mkdir(parents=True)
    with pytest.raises(StoreUnavailable, match="CURRENT cannot be read"):
        opened(data_dir)


async def test_debris_that_cannot_be_removed_closes_what_was_opened(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stuck(_generation: Path) -> None:
        raise StoreUnavailable("generation-0002 cannot be written")

    (index / "generation-0002").mkdir()
    # Patched, because the superuser, who may run the tests, can remove anything.
    with monkeypatch.context() as patched:
        patched.setattr(generations, "remove", stuck)
        with pytest.raises(StoreUnavailable, match="generation-0002"):
            opened(index.parent)
    assert await kept(index) == ["kept"]
