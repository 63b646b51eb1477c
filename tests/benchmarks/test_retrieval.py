"""The whole measurement in small: every row on the sample archive, in a process of its own."""

import gzip
import json
import sys
from pathlib import Path
from subprocess import CompletedProcess, run
from typing import Any

import pytest

from benchmarks.retrieval_rows import BASELINES, PRODUCT, ROWS, VARIANTS
from eval.runs import read_run
from tests.sanad.command import ROOT, environment, run_sanad

LIMIT_S = 600
"""Half a minute on two idle cores with no vector kept from before; a busy machine needs more."""


def measure(*arguments: str, data_dir: Path) -> CompletedProcess[str]:
    return run(
        [sys.executable, "benchmarks/retrieval.py", *arguments],
        cwd=ROOT,
        env=environment(data_dir),
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT_S,
        check=False,
    )


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the smoke version writes."""
    folder = tmp_path_factory.mktemp("قياس")
    done = measure("--smoke", "--output", str(folder / "out"), data_dir=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (folder / "out" / "retrieval.md").read_text("utf-8")
    return folder / "out"


@pytest.fixture(scope="module")
def figures(output: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((output / "retrieval.json").read_text("utf-8"))
    return values


def means(figures: dict[str, Any], setting: str) -> dict[str, dict[str, float]]:
    return {
        one["row"]: {name: measure["mean"] for name, measure in one["measures"].items()}
        for one in figures["figures"]
        if one["setting"] == setting
    }


def test_every_row_is_a_run_that_the_other_commands_read(output: Path, tmp_path: Path) -> None:
    folders = {path.name: path for path in (output / "runs" / "sample-whole" / "all").iterdir()}
    assert set(folders) == {row.replace(" ", "-") for row in ROWS}
    done = run_sanad(
        *("eval", "compare", str(folders["bm25"]), str(folders[PRODUCT]), "--json"),
        data_dir=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"][0]["difference"]["n"] == 168


def test_a_run_tells_its_row_its_index_and_what_was_put_beside(output: Path) -> None:
    run_folder = output / "runs" / "sample-hosted" / "all" / PRODUCT
    manifest = read_run(run_folder).manifest
    text = json.dumps(manifest)
    assert manifest["setting"] == "sample/hosted"
    assert '"row": "sanad"' in text
    assert "second-half.jsonl.gz" in text
    assert str(output) not in text


def test_half_of_the_archive_as_guests_is_as_good_as_the_whole(figures: dict[str, Any]) -> None:
    assert means(figures, "sample/hosted") == means(figures, "sample/whole")
    indexes = figures["indexes"]
    assert indexes["sample/hosted"] == indexes["sample/whole"]


def test_the_product_is_what_the_evaluation_command_measures(
    figures: dict[str, Any], tmp_path: Path
) -> None:
    done = run_sanad("eval", "run", str(ROOT / "sample"), "--json", data_dir=tmp_path)
    assert done.returncode == 0, done.stderr
    expected = json.loads(done.stdout)["measures"]["all"]
    found = means(figures, "sample/whole")[PRODUCT]
    assert found == {
        name: pytest.approx(measure["mean"], abs=1e-5) for name, measure in expected.items()
    }


def test_the_product_beats_every_baseline_beyond_chance(figures: dict[str, Any]) -> None:
    found = {one["row"]: one for one in figures["against_baselines"]}
    assert set(found) == set(BASELINES)
    assert all(one["difference"]["mean"] > 0 and one["p_holm"] < 0.05 for one in found.values())
    assert {one["row"] for one in figures["left_out"]} == set(VARIANTS)


def test_every_topic_is_kept(output: Path) -> None:
    packed = (output / "topics" / "sample.tsv.gz").read_bytes()
    lines = gzip.decompress(packed).decode().splitlines()
    assert len(lines) == 1 + 2 * 2 * 168


def test_a_setting_that_is_not_known_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    done = measure(
        *("--smoke", "--only", "large", "--output", str(tmp_path / "out")), data_dir=tmp_path
    )
    assert done.returncode == 1
    assert "--only large: choose from sample, sample/hosted, sample/whole" in done.stderr


def test_data_or_smoke_must_be_given(tmp_path: Path) -> None:
    done = measure("--output", str(tmp_path / "out"), data_dir=tmp_path)
    assert done.returncode == 2
    assert "give --data FOLDER, or --smoke" in done.stderr
