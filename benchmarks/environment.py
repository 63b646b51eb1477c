"""What a result depends on besides the code under test: machine, libraries and commit."""

import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

LIBRARIES = (
    "anyio",
    "fastapi",
    "numpy",
    "onnxruntime",
    "openvino",
    "qdrant-client",
    "qdrant-edge-py",
    "sentence-transformers",
    "tokenizers",
    "torch",
    "transformers",
    "uvicorn",
)
"""Those whose version may move a figure; one that is not installed is left out."""

_CPU_FEATURES = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")


def environment() -> dict[str, object]:
    """JSON values: `command`, `machine`, `python`, `libraries` by name, and `commit`."""
    return {
        "command": command(sys.argv),
        "machine": machine(),
        "python": platform.python_version(),
        "libraries": _versions(),
        "commit": commit(),
    }


def command(arguments: Sequence[str]) -> str:
    """The command line, without where on this machine its files lie.

    >>> command(["/home/me/benchmarks/store.py", "--corpus", "/data/ant-news/c.gz", "--sweep"])
    'python benchmarks/store.py --corpus ant-news/c.gz --sweep'
    """
    script, *rest = arguments
    shown = ["/".join(Path(each).parts[-2:]) if each.startswith("/") else each for each in rest]
    return " ".join(["python", f"benchmarks/{Path(script).name}", *shown])


def machine() -> dict[str, object]:
    """CPU model and features that matter to matrix products, cores and memory in GiB."""
    cpu = _cpu_fields()
    flags = set(cpu.get("flags", "").split())
    return {
        "cpu": cpu.get("model name") or platform.processor() or platform.machine(),
        "cpu_features": [name for name in _CPU_FEATURES if name in flags],
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
    }


def commit() -> str:
    """The commit of the working tree, with "+changes" if tracked files differ from it."""
    head = _git("rev-parse", "--short=12", "HEAD")
    if not head:
        return "unknown"
    # Results are what a benchmark writes: they do not change what it measures.
    changed = _git(
        "status", "--porcelain", "--untracked-files=no", "--", ".", ":!benchmarks/results"
    )
    return f"{head}+changes" if changed else head


def _versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _cpu_fields() -> dict[str, str]:
    """Of the first core as Linux tells them; empty elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    first = lines[: lines.index("")] if "" in lines else lines
    pairs = (line.partition(":") for line in first)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
