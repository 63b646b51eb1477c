"""The lock files name everything that is installed, exactly."""

import re
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

EXACT = re.compile(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*")
CUDA = re.compile(r"nvidia-|cuda-|triton$")
"""What a CUDA build of torch brings along; torch itself pins each of them."""

Lock = dict[str, Version]


def locked_lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r "))]


def is_exact(line: str) -> bool:
    """A name and a public version of the registry: no address, no local build, no CUDA."""
    return EXACT.fullmatch(line) is not None and CUDA.match(line.split("==")[0]) is None


def read_lock(path: Path) -> Lock:
    pairs = (line.split("==") for line in locked_lines(path))
    return {canonicalize_name(name): Version(version) for name, version in pairs}


def unmet(requirements: list[str], lock: Lock) -> list[str]:
    parsed = [Requirement(text) for text in requirements]
    return [
        str(requirement)
        for requirement in parsed
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if not CUDA.match(canonicalize_name(requirement.name))
        if (version := lock.get(canonicalize_name(requirement.name))) is None
        or version not in requirement.specifier
    ]


@pytest.fixture(scope="module")
def runtime(root: Path) -> Lock:
    return read_lock(root / "requirements.lock")


@pytest.fixture(scope="module")
def everything(root: Path, runtime: Lock) -> Lock:
    return runtime | read_lock(root / "requirements-dev.lock")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_line_of_a_lock_is_an_exact_public_version(root: Path, name: str) -> None:
    lines = locked_lines(root / name)
    assert lines
    assert [line for line in lines if not is_exact(line)] == []


@pytest.mark.parametrize(
    "line",
    [
        "torch==2.13.0+cpu",
        "torch>=2.13.0",
        "torch",
        "sanad @ file:///home/someone/sanad",
        "-e git+ssh://example/sanad.git",
        "/opt/wheels/torch-2.13.0-py3-none-any.whl",
        "nvidia-cublas==13.1.0",
        "cuda-toolkit==13.0",
        "triton==3.5.0",
    ],
)
def test_a_lock_line_that_is_not_an_exact_public_version_is_seen(line: str) -> None:
    assert not is_exact(line)


def test_the_runtime_lock_meets_the_project(pyproject: dict[str, Any], runtime: Lock) -> None:
    required = pyproject["project"]["dependencies"] + pyproject["build-system"]["requires"]
    assert unmet(required, runtime) == []


def test_the_dev_lock_meets_the_project(pyproject: dict[str, Any], everything: Lock) -> None:
    assert unmet(pyproject["project"]["optional-dependencies"]["dev"], everything) == []


def test_an_unmet_requirement_is_seen() -> None:
    lock = {"torch": Version("2.13.0")}
    assert unmet(["torch<2.13", "numpy", "torch==2.13.0"], lock) == ["torch<2.13", "numpy"]


def test_the_dev_lock_stands_on_the_runtime_lock(root: Path, runtime: Lock) -> None:
    path = root / "requirements-dev.lock"
    assert "-r requirements.lock" in path.read_text(encoding="utf-8").splitlines()
    assert read_lock(path).keys() & runtime.keys() == set()


def test_what_is_installed_is_what_is_locked(everything: Lock) -> None:
    # A local version (2.13.0+cpu) names another build of the same release.
    installed = {name: Version(metadata.version(name)).public for name in everything}
    assert installed == {name: version.public for name, version in everything.items()}


def test_what_locked_packages_require_is_locked_too(everything: Lock) -> None:
    missing = {name: unmet(metadata.requires(name) or [], everything) for name in everything}
    assert {name: found for name, found in missing.items() if found} == {}
