"""What a question has to wait for: no command imports what only others need."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sanad.app import COMMANDS
from sanad.commands.evaluation.app import COMMANDS as EVAL_COMMANDS
from tests.sanad.command import ROOT, environment, run_sanad
from tests.sanad.conftest import Indexed

MODEL_LIBRARIES = {"torch", "transformers", "sentence_transformers"}
WRITE_PATH = {"langchain_text_splitters", "langchain_core", "markdown_it"}
SERVER = {"fastapi", "uvicorn"}
PROTOCOL = {"mcp", "mcp_types", "sse_starlette"}
OTHERS = {"qdrant_client", "scipy", "ir_measures", "huggingface_hub"}

_RUN_AND_LIST = """
import json, sys
from sanad.__main__ import main
status = main(sys.argv[1:])
names = sorted({name.split(".")[0] for name in sys.modules})
sys.stdout.write("\\n" + json.dumps([status, names]))
"""


def libraries_after(statement: str) -> set[str]:
    """Top-level names of all modules that a new process holds after `statement`."""
    listing = "\nimport sys, json\nprint(json.dumps(list({n.split('.')[0] for n in sys.modules})))"
    process = subprocess.run(
        [sys.executable, "-c", statement + listing],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(json.loads(process.stdout.splitlines()[-1]))


def test_help_imports_no_command() -> None:
    found = libraries_after("from sanad.app import run; run(['--help'])")

    assert not found & (MODEL_LIBRARIES | WRITE_PATH | SERVER | OTHERS | {"numpy", "pydantic"})


def test_help_of_the_evaluation_imports_no_command() -> None:
    found = libraries_after("from sanad.app import run; run(['eval', '--help'])")

    # Typer itself imports pydantic for the options of an inner group.
    assert not found & (MODEL_LIBRARIES | WRITE_PATH | SERVER | OTHERS | {"numpy"})


@pytest.mark.parametrize("command", ["ask", "search"])
def test_the_read_path_imports_only_what_it_uses(command: str) -> None:
    found = libraries_after(
        f"import sanad.commands.{command}, sanad.composition, core.backends.edge_store"
    )

    assert {"qdrant_edge", "numpy"} <= found
    assert not found & (MODEL_LIBRARIES | WRITE_PATH | SERVER | PROTOCOL | OTHERS)


def test_the_server_imports_no_model_other_store_or_unspoken_protocol() -> None:
    found = libraries_after(
        "import sanad.commands.serve, sanad.composition, core.backends.edge_store"
    )

    assert found >= SERVER
    assert not found & (MODEL_LIBRARIES | PROTOCOL | OTHERS)


def test_a_question_on_a_prepared_index_is_answered_without_torch(sample_index: Indexed) -> None:
    process = subprocess.run(
        [sys.executable, "-c", _RUN_AND_LIST, "ask", "port traffic", "--json"],
        cwd=ROOT,
        env=environment(sample_index.data_dir),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    status, names = json.loads(process.stdout.splitlines()[-1])

    assert status in {0, 1}
    assert not set(names) & (MODEL_LIBRARIES | WRITE_PATH | SERVER | PROTOCOL | OTHERS)


@pytest.mark.parametrize(
    ("names", "summary"),
    [([name], command.summary) for name, command in COMMANDS.items()]
    + [(["eval", name], command.summary) for name, command in EVAL_COMMANDS.items()],
)
def test_the_list_of_commands_says_what_the_command_says_of_itself(
    names: list[str], summary: str, tmp_path: Path
) -> None:
    process = run_sanad(*names, "--help", data_dir=tmp_path, COLUMNS="200")

    assert process.returncode == 0
    assert summary in " ".join(process.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["ask"], "Missing argument"),
        (["ask", "x", "--nope"], "No such option"),
        (["eval"], "Missing command"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(
    arguments: list[str], message: str, tmp_path: Path
) -> None:
    process = run_sanad(*arguments, data_dir=tmp_path)

    assert process.returncode == 2
    assert message in process.stderr
    assert "Traceback" not in process.stderr
