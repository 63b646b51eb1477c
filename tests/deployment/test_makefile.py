"""The make targets do what they say, shown with a Python that only writes down its arguments."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

STAND_IN = """#!/bin/sh
echo "$@" >> "$LOG"
case "$*" in
    --version) echo 'Python 3.9.2' ;;
    *version_info*) test -z "$OLD" ;;
    '-m venv'*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    "$BROKEN"*) exit 1 ;;
esac
"""
_INSTALL = "-m pip install -qq --disable-pip-version-check --no-compile"
RUNTIME = f"{_INSTALL} -r requirements.lock"
PROJECT = f"{_INSTALL} --no-deps --no-build-isolation -e ."
DEV = f"{_INSTALL} -r requirements-dev.lock"
CHAT = f"{_INSTALL} --no-deps --only-binary :all: -r requirements-chat.txt"
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-chat.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A copy of what make reads; `path` holds spaces."""

    path: Path

    def make(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        python = self.path.parent / "stand in"
        log = self.path.parent / "log"
        log.write_text("", encoding="utf-8")
        outer = {name: value for name, value in os.environ.items() if "MAKE" not in name}
        return subprocess.run(
            ["make", *arguments, f"PYTHON={python}"],
            cwd=self.path,
            env={**outer, "LOG": str(log), "OLD": "", "BROKEN": "nothing", **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    def commands(self) -> list[str]:
        """What the last make had Python do, the question for its version left out."""
        lines = (self.path.parent / "log").read_text(encoding="utf-8").splitlines()
        return [line for line in lines if not line.startswith("-c ")]


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Project:
    path = tmp_path / "a folder with spaces"
    path.mkdir()
    for name in ("Makefile", "pyproject.toml", *LOCKS):
        shutil.copy(root / name, path / name)
    stand_in = tmp_path / "stand in"
    stand_in.write_text(STAND_IN, encoding="utf-8")
    stand_in.chmod(0o755)
    return Project(path=path)


def make_newer(path: Path) -> None:
    later = path.stat().st_mtime + 1_000
    os.utime(path, (later, later))


def test_run_sets_up_then_indexes_the_sample_then_serves(project: Project) -> None:
    result = project.make("run")
    assert result.returncode == 0, result.stderr
    assert project.commands() == [
        "-m venv --clear .venv",
        RUNTIME,
        PROJECT,
        "-m sanad index sample/corpus.jsonl",
        "-m sanad serve",
    ]
    assert 'sanad ask "' in result.stdout


def test_a_second_run_installs_nothing(project: Project) -> None:
    project.make("run")
    project.make("run")
    assert project.commands() == ["-m sanad index sample/corpus.jsonl", "-m sanad serve"]


@pytest.mark.parametrize("target", ["test", "check"])
def test_test_sets_up_then_checks_everything_and_ends_with_pytest(
    project: Project, target: str
) -> None:
    assert project.make(target).returncode == 0
    assert project.commands() == [
        "-m venv --clear .venv",
        RUNTIME,
        PROJECT,
        DEV,
        CHAT,
        "-m ruff check --quiet .",
        "-m ruff format --check --quiet .",
        "-m mypy",
        "-m pytest -q",
    ]


@pytest.mark.parametrize("step", ["-m ruff check", "-m ruff format", "-m mypy", "-m pytest"])
def test_a_failing_step_fails_test_at_once(project: Project, step: str) -> None:
    assert project.make("test", BROKEN=step).returncode != 0
    assert project.commands()[-1].startswith(step)


def test_a_failed_installation_is_tried_again(project: Project) -> None:
    assert project.make("setup", BROKEN=RUNTIME).returncode != 0
    assert project.make("setup").returncode == 0
    assert project.commands() == [RUNTIME, PROJECT, DEV, CHAT]


@pytest.mark.parametrize(
    ("changed", "installed"),
    [
        ("requirements.lock", [RUNTIME, PROJECT, DEV, CHAT]),
        ("pyproject.toml", [RUNTIME, PROJECT, DEV, CHAT]),
        ("requirements-dev.lock", [DEV, CHAT]),
        ("requirements-chat.txt", [DEV, CHAT]),
    ],
)
def test_a_changed_lock_is_installed(project: Project, changed: str, installed: list[str]) -> None:
    project.make("setup")
    make_newer(project.path / changed)
    project.make("setup")
    assert project.commands() == installed


def test_a_platform_without_a_chat_server_is_set_up_all_the_same(project: Project) -> None:
    result = project.make("setup", BROKEN=CHAT)
    assert result.returncode == 0
    assert "tests that need one are skipped" in result.stdout
    project.make("setup")
    assert project.commands() == []


def test_an_environment_without_its_python_is_built_anew(project: Project) -> None:
    project.make("setup")
    (project.path / ".venv/bin/python").unlink()
    project.make("setup")
    assert project.commands() == ["-m venv --clear .venv", RUNTIME, PROJECT, DEV, CHAT]


@pytest.mark.parametrize("target", ["run", "test", "lock"])
def test_an_old_python_is_refused_with_the_remedy(project: Project, target: str) -> None:
    result = project.make(target, OLD="yes")
    assert result.returncode != 0
    assert "Python 3.11 or newer" in result.stderr
    assert "is: Python 3.9.2" in result.stderr
    assert "make PYTHON=" in result.stderr
    assert not (project.path / ".venv").exists()


def test_an_extra_index_reaches_every_installation_of_dependencies(project: Project) -> None:
    project.make("setup", "PIP_EXTRA=--extra-index-url https://wheels.example/cpu")
    extra = " --extra-index-url https://wheels.example/cpu"
    assert project.commands()[1:] == [RUNTIME + extra, PROJECT, DEV + extra, CHAT + extra]


def test_help_is_the_default_and_names_every_target(project: Project) -> None:
    makefile = (project.path / "Makefile").read_text(encoding="utf-8")
    targets = makefile.partition(".PHONY: ")[2].partition("\n")[0].split()
    shown = project.make().stdout
    assert targets
    assert [target for target in targets if f" {target} " not in shown] == []
    assert project.commands() == []


def test_continuous_integration_runs_make_test_and_nothing_else(root: Path, tmp_path: Path) -> None:
    make = tmp_path / "make"
    make.write_text('#!/bin/sh\necho "$PWD|$*"\nexit 7\n', encoding="utf-8")
    make.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    result = subprocess.run(
        [root / ".ci/run"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.stdout, result.returncode) == (f"{root}|test\n", 7)
