"""Guests are found while they are there, leave nothing behind, and are sent away after a kill."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.retrieval_archive import (
    GUESTS_FILE,
    Archive,
    MeasuringModels,
    open_archive,
    open_measuring_models,
)
from benchmarks.retrieval_rows import ROWS
from core.settings import Settings, load_settings
from core.types import PassageFilter
from retrieval.query import SearchQuery

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUESTION = SearchQuery(text="ماذا وقعت موسكو وبيونغ يانغ؟", where=PassageFilter())


def corpus(path: Path, **texts: str) -> Path:
    lines = (
        json.dumps({"_id": key, "title": "", "text": text, "lang": "ar"}, ensure_ascii=False)
        for key, text in texts.items()
    )
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return corpus(tmp_path / "base.jsonl", port="تراجعت حركة الحاويات في ميناء رأس المنار.")


@pytest.fixture
def guests(tmp_path: Path) -> Path:
    return corpus(tmp_path / "guests.jsonl", treaty="وقعت موسكو وبيونغ يانغ معاهدة شراكة 🤝 2024.")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The user's cache holds the prepared model; what is measured goes to a folder of its own."""
    return load_settings({}).model_copy(update={"data_dir": tmp_path / "data"})


@pytest.fixture
async def models(settings: Settings) -> AsyncIterator[MeasuringModels]:
    async with open_measuring_models(settings) as models:
        yield models


def elsewhere(settings: Settings, folder: Path) -> Settings:
    return settings.model_copy(update={"cache_dir": folder})


def guest_lists(folder: Path) -> list[list[str]]:
    return [json.loads(path.read_text("utf-8")) for path in folder.glob(f"eval/*/{GUESTS_FILE}")]


async def found(archive: Archive, guests: list[Path]) -> dict[str, list[str]]:
    """Ids of the articles that each row finds."""
    async with archive.hosting(guests, now=NOW) as parts:
        return {
            row: [hit.header.id for hit in (await build(parts).search(QUESTION)).hits]
            for row, build in ROWS.items()
        }


async def test_guests_are_found_by_every_row_and_are_gone_afterwards(
    models: MeasuringModels, settings: Settings, base: Path, guests: Path, tmp_path: Path
) -> None:
    async with open_archive(elsewhere(settings, tmp_path), models, (base,)) as archive:
        before = await archive.describe()
        with_guests = await found(archive, [guests])
        without = await found(archive, [])
        assert await archive.describe() == before

    assert {row: ids[0] for row, ids in with_guests.items()} == dict.fromkeys(ROWS, "treaty")
    assert all("treaty" not in ids for ids in without.values())
    assert without["sanad"] == without["dense"] == ["port"]
    assert without["bm25"] == []


async def test_guests_that_a_killed_run_left_are_sent_away(
    models: MeasuringModels, settings: Settings, base: Path, guests: Path, tmp_path: Path
) -> None:
    own = elsewhere(settings, tmp_path)
    async with open_archive(own, models, (base,)) as archive:
        await archive.invite([guests])
        assert (await archive.describe())["articles"] == 2
    assert guest_lists(tmp_path) == [["treaty"]]
    async with open_archive(own, models, (base,)) as archive:
        assert (await archive.describe())["articles"] == 1
    assert guest_lists(tmp_path) == []


async def test_a_guest_must_not_replace_an_article(
    models: MeasuringModels, settings: Settings, base: Path, tmp_path: Path
) -> None:
    async with open_archive(elsewhere(settings, tmp_path), models, (base,)) as archive:
        twice = corpus(tmp_path / "twice.jsonl", port="نص آخر")
        with pytest.raises(SystemExit, match="port is in the corpus"):
            await found(archive, [twice])
        assert (await archive.describe())["articles"] == 1
