"""Progress on stderr: a bar with rate and time left, silent where nobody watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from indexing.report import Progress as IndexProgress


@contextmanager
def indexing_progress() -> Iterator[Callable[[IndexProgress], None]]:
    """A callback for the indexing pipeline; the bar counts bytes, the text articles."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.fields[articles]} articles"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]:.1f} articles/s"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=None, articles=0, rate=0.0)

        def on_progress(progress: IndexProgress) -> None:
            elapsed = bar.tasks[0].elapsed or 1e-9
            bar.update(
                task,
                completed=progress.bytes_read,
                total=progress.bytes_total,
                articles=progress.articles,
                rate=progress.articles / elapsed,
            )

        yield on_progress


@contextmanager
def counting_progress(label: str, *, total: int | None) -> Iterator[Callable[[], None]]:
    """A callback to be called once for each of `total` steps."""
    with Progress(
        TextColumn(label),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.update(task, advance=1)
