"""What `pip install` puts in place is all of the product."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest


@pytest.fixture(scope="module")
def wheel(
    root: Path, product_packages: list[str], tmp_path_factory: pytest.TempPathFactory
) -> ZipFile:
    # Built from a copy: setuptools writes into the folder that it builds.
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, source)
    for name in product_packages:
        shutil.copytree(root / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    built = tmp_path_factory.mktemp("built")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-qq", "--no-deps", "--no-build-isolation"]
        + ["--no-cache-dir", "--wheel-dir", str(built), str(source)],
        check=True,
        timeout=300,
    )
    (path,) = built.glob("sanad-*.whl")
    return ZipFile(path)


def test_the_wheel_holds_every_file_of_the_product(
    root: Path, product_packages: list[str], wheel: ZipFile
) -> None:
    wanted = {
        path.relative_to(root).as_posix()
        for name in product_packages
        for path in (root / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert wanted - held == set()
    assert held - wanted == set()


def test_the_wheel_brings_the_command_and_the_licence(wheel: ZipFile) -> None:
    (entry_points,) = (name for name in wheel.namelist() if name.endswith("/entry_points.txt"))
    assert "sanad = sanad.__main__:main" in wheel.read(entry_points).decode()
    (licence,) = (name for name in wheel.namelist() if name.endswith("/licenses/LICENSE"))
    assert "Apache License" in wheel.read(licence).decode()
