"""`sanad optimize`: build the search graph of a large embedded index."""

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from core.errors import ConfigError
from core.settings import Settings
from sanad.commands.options import JsonFlag
from sanad.exit_status import DONE
from sanad.session import start, stdout_console, write_json

if TYPE_CHECKING:
    from core.backends.edge_optimize import OptimizeProgress, OptimizeReport

Quantize = Annotated[
    Literal["int8", "none"],
    typer.Option(
        "--quantize",
        help="int8: search compressed copies of the vectors first, then decide by the vectors.",
    ),
]

_PHASES = {
    "starting": "starting",
    "checking": "checking what is there",
    "copying": "copying: {passages:,} of {total:,} passages are in the graph",
    "building": "building the graph over {passages:,} of {total:,} passages",
    "verifying": "comparing the copy with the index",
    "saving": "saving",
}


def optimize(quantize: Quantize = "none", as_json: JsonFlag = False) -> int:
    """Make searches of a large index fast: worth it from some 50,000 passages on.

    Up to there a search compares the question with every passage in some milliseconds. This builds
    a graph over the vectors, and frees what articles written anew have left in the files; nothing
    is embedded again. The index must not be in use meanwhile. Stopping it anywhere leaves the
    index as it was, and running it again goes on: the graph grows by slices, and the slice at work
    is built anew, because the engine builds it in one call that cannot be resumed. If the index
    has changed meanwhile it starts over and says so. Articles indexed later are found too; run it
    again once they are many.

    \b
    sanad optimize
    sanad optimize --quantize int8
    """
    settings = start()
    report = _optimize(settings, quantize)
    if as_json:
        write_json(json.dumps(_as_dict(report)))
    else:
        stdout_console().print(_sentence(report), soft_wrap=True)
    return DONE


def _optimize(settings: Settings, quantize: str) -> "OptimizeReport":
    if settings.store != "edge":
        raise ConfigError(
            "SANAD_STORE=qdrant: a Qdrant server optimises its collections by itself; "
            "`sanad optimize` is for the embedded store"
        )
    # Here and not above: --help and wrong usage do not wait for the engine.
    from core.backends.edge_graph import Graph, Quantization  # noqa: PLC0415
    from core.backends.edge_optimize import optimize_index  # noqa: PLC0415

    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("starting", total=None)

        def watch(progress: "OptimizeProgress") -> None:
            words = _PHASES[progress.phase].format(passages=progress.passages, total=progress.total)
            bar.update(task, description=words)

        return optimize_index(
            settings.data_dir,
            graph=Graph(quantization=Quantization(quantize)),
            command="sanad optimize",
            watch=watch,
        )


def _as_dict(report: "OptimizeReport") -> dict[str, object]:
    return {
        "optimized": report.done,
        "quantization": report.graph.quantization.value,
        "passages": report.passages,
        "kept": report.kept,
        "discarded": report.discarded,
        "seconds": round(report.seconds, 2),
        "bytes_before": report.bytes_before,
        "bytes_after": report.bytes_after,
    }


def _sentence(report: "OptimizeReport") -> str:
    quantization = report.graph.quantization.value
    if not report.done:
        return f"nothing to do: the index is optimised (quantisation {quantization})"
    earlier = ""
    if report.discarded:
        earlier = "; an earlier run was of no use: the index or the settings have changed since"
    elif report.kept:
        earlier = f"; {report.kept:,} of them were done by an earlier run"
    return (
        f"optimised {report.passages:,} passages in {report.seconds:.0f} s "
        f"(quantisation {quantization}): {report.bytes_before / 1e6:.0f} MB before, "
        f"{report.bytes_after / 1e6:.0f} MB after{earlier}"
    )
