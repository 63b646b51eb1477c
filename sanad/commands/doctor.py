"""`sanad doctor`: check settings, disk, models, store and identity, and say what to do."""

import json
import shutil
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
import typer
from pydantic_core import PydanticUndefined
from rich.text import Text

from core.display import neutralise
from core.errors import SanadError
from core.settings import PREFIX, Settings
from sanad.commands.options import JsonFlag
from sanad.exit_status import DONE, UNAVAILABLE
from sanad.session import start, stderr_report, stdout_console, write_json

if TYPE_CHECKING:
    from sanad.composition import Models

MIN_FREE_BYTES = 2_000_000_000
"""Room for a prepared model and a first index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found; `remedy` is empty when nothing is to be done."""

    check: str
    ok: bool
    detail: str
    remedy: str = ""


def doctor(
    as_json: JsonFlag = False,
    show_settings: Annotated[
        bool, typer.Option("--settings", help="List every setting, its value and meaning.")
    ] = False,
) -> int:
    """Check models, store, identity, disk and settings; exit status 3 if something is wrong."""
    settings = start()
    if show_settings:
        _print_settings(settings)
        return DONE
    findings = [_disk("data", settings.data_dir), _disk("cache", settings.cache_dir)]
    findings += anyio.run(partial(_check_parts, settings))
    if as_json:
        write_json(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        _print_findings(findings)
    return DONE if all(finding.ok for finding in findings) else UNAVAILABLE


def _disk(name: str, folder: Path) -> Finding:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        free = shutil.disk_usage(existing).free
    except OSError as exc:
        return Finding(
            check=f"{name} folder",
            ok=False,
            detail=f"{folder}: {exc.strerror}",
            remedy=f"set {PREFIX}{name.upper()}_DIR to a folder that you may write",
        )
    return Finding(
        check=f"{name} folder",
        ok=free >= MIN_FREE_BYTES,
        detail=f"{folder}: {free / 1e9:.1f} GB free",
        remedy="" if free >= MIN_FREE_BYTES else "free at least 2 GB",
    )


async def _check_parts(settings: Settings) -> list[Finding]:
    from sanad.composition import open_models  # noqa: PLC0415

    try:
        models = await open_models(settings, report=stderr_report)
    except SanadError as error:
        return [Finding(check="model", ok=False, detail=str(error))]
    return [
        await _model(settings, models),
        await _reranker(settings),
        await _index(settings, models),
        await _chat_endpoint(settings),
    ]


async def _model(settings: Settings, models: "Models") -> Finding:
    from core.backends.bundled_model import verify_prepared_model  # noqa: PLC0415

    problems: list[str] = []
    if settings.model == "bundled":
        folder = models.embedder.folder
        problems = await anyio.to_thread.run_sync(verify_prepared_model, folder)
    identity = models.identity.embedder
    return Finding(
        check="model",
        ok=not problems,
        detail=f"{identity.model} at {identity.revision}, {identity.dimension} "
        f"dimensions, {identity.precision}" + "".join(f"; {p}" for p in problems),
        remedy="delete the model's folder in the cache; it is prepared again" if problems else "",
    )


async def _reranker(settings: Settings) -> Finding:
    from core.backends.reranking import open_reranker  # noqa: PLC0415

    try:
        reranker = await anyio.to_thread.run_sync(
            lambda: open_reranker(settings, report=stderr_report)
        )
    except SanadError as error:
        return Finding(check="reranker", ok=False, detail=str(error))
    if reranker is None:
        return Finding(check="reranker", ok=True, detail="none")
    identity = reranker.identity
    return Finding(
        check="reranker",
        ok=True,
        detail=f"{identity.model} at {identity.revision}, {identity.precision}, reads the first "
        f"{settings.reranker_depth} passages of a search",
    )


async def _index(settings: Settings, models: "Models") -> Finding:
    from core.backends.edge_lock import read_lock_holder  # noqa: PLC0415
    from sanad.composition import open_index  # noqa: PLC0415

    holder = read_lock_holder(settings.data_dir) if settings.store == "edge" else None
    if holder is not None:
        return Finding(check="index", ok=True, detail=f"in use by {holder}")
    try:
        async with open_index(settings, models, command="sanad doctor", create=False) as store:
            status = await store.status()
            size = store.size_on_disk()
    except SanadError as error:
        return Finding(check="index", ok=False, detail=str(error))
    on_disk = "" if size is None else f", {size / 1e6:.1f} MB"
    detail = f"{status.articles} articles, {status.passages} passages{on_disk}; identity matches"
    return Finding(check="index", ok=True, detail=detail)


async def _chat_endpoint(settings: Settings) -> Finding:
    """Asks for a word: an address that answers may still refuse the key or the model."""
    if settings.llm_base_url is None:
        return Finding(check="chat endpoint", ok=True, detail="none: answers are quotes alone")
    from core.backends.chat_http import open_chat_model  # noqa: PLC0415
    from core.chat import ChatMessage, ChatRequest  # noqa: PLC0415

    asked = ChatRequest(
        messages=(ChatMessage(role="user", text="Say yes."),),
        max_tokens=5,
        timeout_s=settings.llm_timeout_s,
    )
    try:
        async with open_chat_model(settings) as model, aclosing(model.stream(asked)) as events:
            await anext(events)
    except SanadError as error:
        return Finding(check="chat endpoint", ok=False, detail=str(error))
    detail = f"{settings.llm_model} answers at {settings.llm_base_url}"
    return Finding(check="chat endpoint", ok=True, detail=detail)


def _print_findings(findings: list[Finding]) -> None:
    console = stdout_console()
    for finding in findings:
        mark = ("ok   ", "green") if finding.ok else ("WRONG", "bold red")
        line = Text.assemble(mark, f" {finding.check}: ", neutralise(finding.detail))
        console.print(line, soft_wrap=True)
        if finding.remedy:
            console.print(Text(f"      → {finding.remedy}"), soft_wrap=True)


def _print_settings(settings: Settings) -> None:
    console = stdout_console()
    for name, field in Settings.model_fields.items():
        default = _default(field.default, field.default_factory)
        console.print(
            Text.assemble((f"{PREFIX}{name.upper()}", "bold"), f"={getattr(settings, name)}"),
            soft_wrap=True,
        )
        console.print(Text(f"    {field.description} Default: {default}."), soft_wrap=True)


def _default(default: object, factory: Callable[..., object] | None) -> str:
    if default is PydanticUndefined or factory is not None:
        return "the platform's folder"
    return "none" if default is None else str(default)
