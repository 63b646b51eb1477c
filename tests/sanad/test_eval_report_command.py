"""`sanad eval report` as users run it, on runs that lie there."""

import subprocess
import sys
from pathlib import Path

import pytest

from eval.runs import write_run
from eval.trec import write_ranking
from tests.eval.page.documents import read_document
from tests.eval.page.page_runs import fair_run, good_run, poor_run
from tests.sanad.command import ROOT, environment, run_sanad

_WITHOUT_MATPLOTLIB = """
import sys
sys.modules["matplotlib"] = None
from sanad.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folders `good`, `poor` and `fair`, and bare.trec with its qrels."""
    folder = tmp_path_factory.mktemp("runs")
    for one in (good_run(), poor_run(), fair_run()):
        write_run(one, folder / one.name)
    write_ranking(good_run().ranking, folder / "bare.trec", name="bare")
    (folder / "qrels").write_text("0 0 0-ar 1\nfailed 0 nowhere-ar 2\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        (["good"], "good"),
        (["fair"], "fair"),
        (["poor", "good"], "good against poor"),
        (["poor", "good", "--title", "إصدار <1.4>", "--topics", "1"], "إصدار <1.4>"),
        (["bare.trec", "--qrels", "qrels"], "bare"),
        (["bare.trec", "good", "--qrels", "qrels"], "good against bare"),
    ],
)
def test_a_page_is_written(arguments: list[str], title: str, runs: Path, tmp_path: Path) -> None:
    places = [str(runs / each) if (runs / each).exists() else each for each in arguments]
    output = tmp_path / "new" / "report.html"
    process = run_sanad("eval", "report", *places, "--output", str(output), data_dir=tmp_path)

    assert process.returncode == 0, process.stderr
    assert f"written to {output}" in process.stderr
    assert process.stdout == ""
    document = read_document(output.read_text("utf-8"))
    assert document.one("title").text == title


def test_without_the_plotting_library_the_remedy_is_named_and_the_help_is_there(
    runs: Path, tmp_path: Path
) -> None:
    def report(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", _WITHOUT_MATPLOTLIB, "eval", "report", *arguments],
            cwd=ROOT,
            env=environment(tmp_path),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    refused = report(str(runs / "good"), "--output", str(tmp_path / "report.html"))
    assert refused.returncode == 2
    assert "pip install 'matplotlib" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "report.html").exists()
    assert report("--help").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["good"], "Missing option '--output'"),
        (["nowhere", "--output", "x.html"], "nowhere does not exist"),
        (["bare.trec", "--output", "x.html"], "give them by --qrels"),
        (["good", "--output", "."], ". cannot be written"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(
    arguments: list[str], message: str, runs: Path, tmp_path: Path
) -> None:
    places = [
        str(runs / each) if (runs / each).exists() and each != "." else each for each in arguments
    ]
    process = run_sanad("eval", "report", *places, data_dir=tmp_path)

    assert process.returncode == 2
    assert message in process.stderr
    assert "Traceback" not in process.stderr
