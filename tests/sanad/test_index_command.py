"""`sanad index`: its report and its exit statuses."""

import json
from pathlib import Path

from tests.sanad.command import SAMPLE, read_index, run_sanad
from tests.sanad.conftest import CopyIndex, Indexed

REPORT_KEYS = ["indexed", "updated", "unchanged", "rejected", "passages", "seconds", "notices"]


def test_the_json_report_counts_every_article_of_the_sample(sample_index: Indexed) -> None:
    assert sample_index.process.returncode == 0, sample_index.process.stderr
    report = json.loads(sample_index.process.stdout)
    assert list(report) == REPORT_KEYS
    assert (report["indexed"], report["updated"], report["unchanged"]) == (64, 0, 0)
    assert report["rejected"] == []
    assert report["passages"] >= 64


def test_a_second_run_finds_everything_unchanged(
    sample_index: Indexed, copy_index: CopyIndex
) -> None:
    data_dir = copy_index(sample_index)
    second = run_sanad("index", str(SAMPLE), "--json", data_dir=data_dir)
    assert second.returncode == 0, second.stderr
    report = json.loads(second.stdout)
    assert (report["indexed"], report["updated"], report["unchanged"]) == (0, 0, 64)
    assert report["passages"] == 0


def test_a_rejected_line_is_named_and_the_rest_is_indexed(
    small_index: Indexed, copy_index: CopyIndex
) -> None:
    assert small_index.process.returncode == 1, small_index.process.stderr
    report = json.loads(small_index.process.stdout)
    assert report["indexed"] == 2
    [rejection] = report["rejected"]
    assert rejection["source"].endswith("small.jsonl:2")
    assert "broken JSON" in rejection["reason"]
    assert set(read_index(copy_index(small_index))) == {"ميناء-1", "港-2"}


def test_a_missing_path_is_wrong_usage_and_prints_no_report(tmp_path: Path) -> None:
    missing = tmp_path / "غير-موجود.jsonl"
    process = run_sanad("index", str(missing), "--json", data_dir=tmp_path / "data")
    assert process.returncode == 2
    assert process.stdout == ""
    assert str(missing) in process.stderr


def test_an_unknown_setting_is_wrong_usage_and_named(tmp_path: Path) -> None:
    process = run_sanad("index", str(SAMPLE), data_dir=tmp_path / "data", SANAD_MODLE="bundled")
    assert process.returncode == 2
    assert process.stdout == ""
    assert "SANAD_MODLE" in process.stderr
    assert not (tmp_path / "data").exists()
