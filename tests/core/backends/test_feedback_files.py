"""Feedback is kept in order over restarts, rotations and broken writes, and within a bound."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.backends.feedback_files import CURRENT, FeedbackFiles
from core.errors import InputError, StoreUnavailable
from core.feedback import Feedback, FeedbackVerdict
from core.ports import FeedbackLog

pytestmark = pytest.mark.anyio

AT = datetime(2026, 3, 1, 12, 30, 0, 250_000, tzinfo=UTC)


def feedback(number: int, **fields: object) -> Feedback:
    given: dict[str, object] = {
        "id": f"f-{number}",
        "at": AT,
        "answer_id": "a-1",
        "verdict": FeedbackVerdict.WRONG,
    }
    return Feedback(**(given | fields))  # type: ignore[arg-type]  # as the test says


def file_sizes(folder: Path) -> list[int]:
    return [path.stat().st_size for path in folder.iterdir()]


async def everything(log: FeedbackLog, *, limit: int) -> list[Feedback]:
    found: list[Feedback] = []
    after = None
    while True:
        page = await log.read(after=after, limit=limit)
        assert len(page.entries) <= limit
        found += page.entries
        after = page.place
        if not page.has_more:
            return found


async def test_what_was_kept_is_read_back_in_order(tmp_path: Path) -> None:
    log = FeedbackFiles(tmp_path / "not" / "there")
    kept = [
        feedback(1, comment="الرقم خطأ ٢٠٢٤،\nسطر ثانٍ 🌍 \u2028 «x»", citation=2),
        feedback(2, verdict=FeedbackVerdict.HELPFUL),
        feedback(3, question="长江大桥？", site="almadar", comment="نیم‌فاصله \x85 İ"),
    ]
    assert await everything(log, limit=2) == []
    for each in kept:
        await log.append(each)
    assert await everything(FeedbackFiles(tmp_path / "not" / "there"), limit=2) == kept


async def test_a_place_that_was_given_stays_good_as_more_comes(tmp_path: Path) -> None:
    log = FeedbackFiles(tmp_path, max_file_bytes=300)
    await log.append(feedback(0))
    page = await log.read(after=None, limit=10)
    for number in range(1, 9):
        await log.append(feedback(number))
    rest = await log.read(after=page.place, limit=100)
    assert [each.id for each in rest.entries] == [f"f-{number}" for number in range(1, 9)]


@pytest.mark.parametrize("limit", [1, 3, 100])
async def test_full_files_are_rotated_and_the_oldest_removed(tmp_path: Path, limit: int) -> None:
    log = FeedbackFiles(tmp_path, max_file_bytes=300, max_files=4)
    for number in range(40):
        await log.append(feedback(number))
    sizes = file_sizes(tmp_path)
    assert len(sizes) == 4
    assert max(sizes) <= 300
    ids = [each.id for each in await everything(log, limit=limit)]
    assert ids == [f"f-{number}" for number in range(40 - len(ids), 40)]
    assert len(ids) >= 6


async def test_a_write_that_was_cut_off_costs_that_line_alone(tmp_path: Path) -> None:
    log = FeedbackFiles(tmp_path)
    await log.append(feedback(1))
    with (tmp_path / CURRENT).open("ab") as file:
        file.write(b'{"id": "f-2", "at": "2026-')
    assert [each.id for each in await everything(log, limit=10)] == ["f-1"]
    await log.append(feedback(3))
    assert [each.id for each in await everything(log, limit=1)] == ["f-1", "f-3"]


@pytest.mark.parametrize(
    "line", [b"[]\n", b"null\n", b"\xff\n", b"\n", b'{"at": 7}\n', b'{"id": "x"}\n']
)
async def test_a_line_that_is_no_feedback_is_left_out(tmp_path: Path, line: bytes) -> None:
    (tmp_path / CURRENT).write_bytes(line)
    log = FeedbackFiles(tmp_path)
    await log.append(feedback(1))
    assert [each.id for each in await everything(log, limit=10)] == ["f-1"]


@pytest.mark.parametrize("place", ["", "x", "1", "1:2:3", "-1:0", "١:٢", "9999999:0"])
async def test_what_is_no_place_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(InputError, match="is no place in the feedback"):
        await FeedbackFiles(tmp_path).read(after=place, limit=1)


async def test_a_place_beyond_the_end_has_nothing_behind_it(tmp_path: Path) -> None:
    log = FeedbackFiles(tmp_path)
    await log.append(feedback(1))
    assert (await log.read(after="1:999999", limit=1)).entries == ()


async def test_a_folder_that_cannot_be_written_is_a_fault_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        await FeedbackFiles(tmp_path / "file").append(feedback(1))


async def test_other_users_of_the_machine_cannot_read_it(tmp_path: Path) -> None:
    await FeedbackFiles(tmp_path).append(feedback(1))
    assert stat.S_IMODE(os.stat(tmp_path / CURRENT).st_mode) == 0o600  # noqa: PTH116


@given(comment=st.text(max_size=40), question=st.none() | st.text(max_size=40))
async def test_any_text_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, comment: str, question: str | None
) -> None:
    folder = tmp_path_factory.mktemp("feedback")
    given = feedback(1, comment=comment, question=question)
    log = FeedbackFiles(folder)
    await log.append(given)
    assert await everything(log, limit=1) == [given]
