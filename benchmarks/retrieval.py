r"""Retrieval as a whole, measured in one command: the product, its rivals, and what each part adds.

    SANAD_CACHE_DIR=cache python benchmarks/retrieval.py --data DATA --output runs/retrieval
    python benchmarks/retrieval.py --smoke --output runs/smoke

Settings over the open evaluation data (XQuAD, ant-news, KaifLematha; DATA holds a folder of each):

small         XQuAD, 240 paragraphs of one language
large         the same among 35,958 news articles
fair          the paragraphs of five languages in one index; fair-large: among the news;
              fair-99: so few of them that the index is 99 % Arabic
headlines     headlines -> articles, titles not indexed
kaiflematha   why and how, among the news

Every row (the product, BM25, nearest vectors, both by RRF, the product less one part) searches the
same index for the same questions. OUTPUT gets a run folder for each row, which `sanad eval compare`
reads (2 GB in all), retrieval.json with all figures, retrieval.md with the tables, and topics/ with
every topic, small enough to commit.
Two processes share the settings. Vectors of passages and both their indexes of the news are kept
in the cache folder, 6 GB: the first time takes as long as indexing does.
"""

import argparse
import itertools
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import anyio

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.environment import environment  # noqa: E402  # after the path is set
from benchmarks.retrieval_archive import open_archive, open_measuring_models  # noqa: E402
from benchmarks.retrieval_figures import differences, figures, outcomes  # noqa: E402
from benchmarks.retrieval_report import (  # noqa: E402
    TABLES_FILE,
    Measured,
    write_figures,
    write_topics,
)
from benchmarks.retrieval_rows import BASELINES, VARIANTS  # noqa: E402
from benchmarks.retrieval_runs import run_setting  # noqa: E402
from benchmarks.retrieval_settings import (  # noqa: E402
    Setting,
    chosen,
    full_settings,
    lanes,
    smoke_settings,
)
from benchmarks.retrieval_values import Group, fairness_groups, ranked_group  # noqa: E402
from core.settings import Settings, load_settings  # noqa: E402

LANES = 2
"""Processes, each with indexes of its own, because an index has one owner."""

Indexes = dict[str, dict[str, object]]
"""What the index of a setting held, by its name."""


def main() -> int:
    """Measure, print the tables and write everything to the folder."""
    given = _arguments()
    work = given.output / "corpora"
    if given.smoke:
        settings = smoke_settings(ROOT / "sample", work)
    else:
        settings = full_settings(given.data, work)
    picked = chosen(settings, given.only)
    started = time.perf_counter()
    groups, indexes = _measure_all(picked, given.output / "runs")
    against = differences(groups, BASELINES)
    measured = Measured(
        environment=environment(),
        indexes=indexes,
        figures=figures(groups),
        against_baselines=against,
        left_out=differences(groups, tuple(VARIANTS)),
        outcomes=outcomes(groups, against),
        seconds=round(time.perf_counter() - started, 1),
    )
    write_figures(measured, given.output)
    write_topics(groups, given.output / "topics")
    sys.stdout.write((given.output / TABLES_FILE).read_text(encoding="utf-8"))
    return 0


def _measure_all(wanted: Sequence[Setting], folder: Path) -> tuple[list[Group], Indexes]:
    """The values of all topics, and what each setting's index held, in the order of `wanted`."""
    measure = partial(
        _measure_lane,
        settings=load_settings(os.environ),
        folder=folder,
        now=datetime.now(tz=UTC),
    )
    parted = lanes(wanted, LANES)
    with ProcessPoolExecutor(len(parted), mp_context=get_context("spawn")) as pool:
        measured = list(pool.map(measure, parted, itertools.count()))
    places = {setting.name: place for place, setting in enumerate(wanted)}
    groups = [group for some, _ in measured for group in some]
    groups.sort(key=lambda group: places[group.setting])
    indexes = {name: index for _, some in measured for name, index in some.items()}
    return groups, {setting.name: indexes[setting.name] for setting in wanted}


def _measure_lane(
    wanted: Sequence[Setting], lane: int, *, settings: Settings, folder: Path, now: datetime
) -> tuple[list[Group], Indexes]:
    """The same of the settings of one process."""
    return anyio.run(partial(_measure, wanted, lane, settings=settings, folder=folder, now=now))


async def _measure(
    wanted: Sequence[Setting], lane: int, *, settings: Settings, folder: Path, now: datetime
) -> tuple[list[Group], Indexes]:
    groups: list[Group] = []
    indexes: Indexes = {}
    async with open_measuring_models(settings) as models:
        for base in dict.fromkeys(setting.base for setting in wanted):
            async with open_archive(settings, models, base, lane=lane) as archive:
                for setting in (one for one in wanted if one.base == base):
                    done = await run_setting(
                        setting, archive, settings=settings, folder=folder, now=now
                    )
                    indexes[setting.name] = done.index
                    for group, by_row in done.runs.items():
                        if setting.fairness:
                            groups += fairness_groups(setting.name, by_row)
                        else:
                            groups.append(ranked_group(setting.name, group, by_row))
    return groups, indexes


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder with xquad, ant-news, kaiflematha-dev")
    parser.add_argument("--output", type=Path, required=True, help="where to write everything")
    parser.add_argument("--smoke", action="store_true", help="the sample archive, in a minute")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NAME", help="settings or parts, e.g. small fair"
    )
    given = parser.parse_args()
    if not given.smoke and given.data is None:
        parser.error("give --data FOLDER, or --smoke for the sample archive")
    return given


if __name__ == "__main__":
    sys.exit(main())
