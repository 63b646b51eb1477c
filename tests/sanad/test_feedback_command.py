"""`sanad feedback` prints what the API has kept."""

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import anyio

from core.backends.feedback_files import FeedbackFiles
from core.feedback import Feedback, FeedbackVerdict
from tests.sanad.command import run_sanad

COMMENT = "الرقم خطأ ٢٠٢٤\nنیم‌فاصله 🌍"


def test_what_is_kept_is_printed_line_by_line(tmp_path: Path) -> None:
    kept = Feedback(
        id="f-1",
        at=datetime(2026, 3, 1, tzinfo=UTC),
        answer_id="a-1",
        verdict=FeedbackVerdict.WRONG,
        comment=COMMENT,
    )
    anyio.run(partial(FeedbackFiles(tmp_path).append, kept))
    done = run_sanad("feedback", data_dir=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    [line] = done.stdout.splitlines()
    assert json.loads(line) == {
        "id": "f-1",
        "at": "2026-03-01T00:00:00Z",
        "answer_id": "a-1",
        "verdict": "wrong",
        "citation": None,
        "comment": COMMENT,
        "question": None,
        "site": None,
    }


def test_no_feedback_is_told_by_the_exit_status(tmp_path: Path) -> None:
    done = run_sanad("feedback", data_dir=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
