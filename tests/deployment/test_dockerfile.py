"""The Dockerfile, as far as it can be checked without building it."""

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

Instructions = list[tuple[str, str]]
StartServer = Callable[[int], int]


def hadolint(text: str) -> subprocess.CompletedProcess[str]:
    program = Path(sysconfig.get_path("scripts"), "hadolint")
    return subprocess.run(
        [program, "--no-color", "-"], input=text, capture_output=True, text=True, check=False
    )


def test_the_linter_finds_nothing(root: Path) -> None:
    result = hadolint((root / "Dockerfile").read_text(encoding="utf-8"))
    assert (result.stdout, result.returncode) == ("", 0)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("FROM python:latest\n", "DL3007"),
        ("FROM python:3.11-slim\nRUN cd /tmp && rm $HOME\n", "DL3003"),
        ("FROM python:3.11-slim\nUSER root\n", "DL3002"),
    ],
)
def test_the_linter_sees_a_fault(text: str, rule: str) -> None:
    result = hadolint(text)
    assert rule in result.stdout
    assert result.returncode == 1


def test_it_runs_as_a_numbered_user_that_is_not_root(instructions: Instructions) -> None:
    users = [value for name, value in instructions if name == "USER"]
    assert users == ["10001:10001"]
    assert [name for name, _ in instructions].index("USER") > last(instructions, "COPY")


def test_it_holds_no_secret(instructions: Instructions) -> None:
    given = " ".join(value for name, value in instructions if name in {"ENV", "ARG"}).upper()
    assert [word for word in ("KEY", "SECRET", "TOKEN", "PASSWORD") if word in given] == []


def test_the_last_stage_takes_only_the_built_environment(instructions: Instructions) -> None:
    last_stage = instructions[last(instructions, "FROM") :]
    copied = [value for name, value in last_stage if name == "COPY"]
    assert copied == ["--from=build /opt/sanad /opt/sanad"]


def test_it_copies_every_package_and_nothing_that_is_kept_out(
    root: Path, instructions: Instructions, product_packages: list[str]
) -> None:
    copied = {
        path
        for name, value in instructions
        if name == "COPY" and not value.startswith("--from")
        for path in value.split()[:-1]
    }
    ignored = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert ignored[1] == "*"
    assert copied == allowed
    assert set(product_packages) <= copied
    assert [path for path in copied if not (root / path).exists()] == []


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False), (None, False)])
def test_the_health_check_tells_health(
    instructions: Instructions, start_server: StartServer, status: int | None, healthy: bool
) -> None:
    check = next(value for name, value in instructions if name == "HEALTHCHECK")
    program, *arguments = json.loads(check.partition(" CMD ")[2])
    assert program == "python"
    port = 1 if status is None else start_server(status)
    result = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "SANAD_PORT": str(port)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (result.returncode == 0) is healthy


def last(instructions: Instructions, name: str) -> int:
    return max(place for place, (found, _) in enumerate(instructions) if found == name)
