"""An indexing run that is killed anywhere loses nothing once it is run again."""

import json
import subprocess
import time
from pathlib import Path
from signal import SIGKILL

import pytest

from core.backends.edge_lock import read_lock_holder
from tests.sanad.command import LIMIT_S, ROOT, command_line, environment, read_index, run_sanad

ARTICLES = 40
TEXTS = (
    "أعلنت الوزارة يوم الأحد {n} خطة الميناء الجديد. وقال الوزير إن العمل يبدأ في الربيع.",
    "The ministry announced plan {n} for the port. Work begins in spring, the minister said.",
    "وزارت راه برنامهٔ {n} بندر را اعلام کرد. کار در بهار آغاز می‌شود.",
    "قال المدير: “Plan {n} is ready” 🚢👨‍👩‍👧، وأضاف أن التمويل مؤمَّن.",
    "交通部宣布了第{n}号港口计划。部长表示工程将于春季开始。",
)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "archive.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(ARTICLES):
            text = TEXTS[number % len(TEXTS)].format(n=number)
            record = {"id": f"خبر-{number}", "title": f"Port {number} الميناء", "text": text}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


def test_a_run_killed_three_times_ends_like_an_uninterrupted_one(
    archive: Path, tmp_path: Path
) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert run_sanad("index", str(archive), data_dir=whole).returncode == 0

    for delay_s in (0.0, 0.5, 1.5):
        _kill_while_indexing(archive, data_dir=killed, delay_s=delay_s)
    last = run_sanad("index", str(archive), "--json", data_dir=killed)

    assert last.returncode == 0, last.stderr
    report = json.loads(last.stdout)
    assert report["indexed"] + report["updated"] + report["unchanged"] == ARTICLES
    contents = read_index(killed)
    assert len(contents) == ARTICLES
    for stored, passages in contents.values():
        assert stored.passage_count == len(passages) >= 1
        for passage in passages:
            assert passage.text == stored.article.body[passage.start : passage.end]
    assert contents == read_index(whole)


def _kill_while_indexing(archive: Path, *, data_dir: Path, delay_s: float) -> None:
    """Kill a run `delay_s` after its index appeared, or after it became the owner of one."""
    existed = (data_dir / "index").is_dir()
    with subprocess.Popen(
        command_line("index", str(archive)),
        cwd=ROOT,
        env=environment(data_dir),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        deadline = time.monotonic() + LIMIT_S
        while process.poll() is None and time.monotonic() < deadline:
            if _is_owner(data_dir) if existed else (data_dir / "index").is_dir():
                break
            time.sleep(0.005)
        time.sleep(delay_s)
        process.kill()
        # A fast machine may have finished before.
        assert process.wait() in {-SIGKILL, 0}


def _is_owner(data_dir: Path) -> bool:
    """Whether a run has opened the index for writing, and not only looked whether it is free."""
    holder = read_lock_holder(data_dir)
    return holder is not None and holder.command == "sanad index"
