import ast
import runpy
from pathlib import Path

import pytest

PEERS = Path(__file__).parents[2] / "benchmarks" / "peers"

# Not imported: the name of its folder is also that of the runner.
HARNESS = runpy.run_path(str(PEERS / "harness.py"))

SCRIPTS = sorted(PEERS.glob("with_*.py"))


def _imported(script: Path) -> set[str]:
    tree = ast.parse(script.read_text(encoding="utf-8"))
    names = {each.names[0].name for each in ast.walk(tree) if isinstance(each, ast.Import)}
    names |= {each.module or "" for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
    return {name.split(".")[0] for name in names}


def test_passages_count_once_for_their_document_at_the_best_rank() -> None:
    ids = ["b", "a", "b", *(f"d{n}" for n in range(20))]

    first = HARNESS["first_of_each"](ids)

    assert first[:3] == ["b", "a", "d0"]
    assert len(first) == HARNESS["TOP_DOCUMENTS"]


def test_answers_of_threads_keep_the_order_of_the_questions() -> None:
    questions = [str(n) for n in range(50)]

    answers = HARNESS["in_threads"](lambda text: [text], questions, clients=8)

    assert answers == [[text] for text in questions]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_only_the_script_of_sanad_needs_sanad(script: Path) -> None:
    own = {"core", "indexing", "retrieval", "eval", "sanad"}

    assert bool(_imported(script) & own) == (script.stem == "with_sanad")


@pytest.mark.parametrize(
    "requirements", sorted((PEERS / "requirements").glob("*.txt")), ids=lambda path: path.stem
)
def test_every_requirement_is_pinned(requirements: Path) -> None:
    lines = requirements.read_text(encoding="utf-8").splitlines()

    assert "torch==2.13.0" in lines
    assert all(line.count("==") == 1 for line in lines)
    assert (PEERS / f"with_{requirements.stem}.py").exists()
