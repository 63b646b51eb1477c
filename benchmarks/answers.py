r"""Twenty thousand answers among real news: every quote is sliced anew, every citation resolved.

    SANAD_CACHE_DIR=cache python benchmarks/answers.py --data DATA \
        --json benchmarks/results/answers.json
    python benchmarks/answers.py --smoke

One index holds XQuAD's paragraphs in five languages, KaifLematha's, ant-news and the sample
archive (DATA holds a folder of each, but for the sample). The questions of all of them are asked:
XQuAD's in all 25 pairs, each of the documents' language alone; in each language of everything; and
once more without the articles that answer. Where an answer is held back, its quotes are asked for
and checked as well. Vectors of passages and the index are kept in the cache folder: the first time
takes as long as indexing does.

Exit status 1 if any quote does not stand in its article, or any citation does not resolve.
"""

import argparse
import json
import os
import sys
import time
from functools import partial
from pathlib import Path

import anyio

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.answers_checks import SetChecks, check_set, totals  # noqa: E402  # path is set
from benchmarks.answers_sets import QuestionSet, archive_of, full_sets, smoke_sets  # noqa: E402
from benchmarks.environment import environment  # noqa: E402
from benchmarks.tables import markdown_table  # noqa: E402
from core.settings import Settings, load_settings  # noqa: E402
from eval.answers.asking import Door  # noqa: E402
from eval.collection import Collection  # noqa: E402
from eval.manifest import weights  # noqa: E402
from sanad.answering import open_verifier  # noqa: E402
from sanad.commands.evaluation.indexed import open_indexed  # noqa: E402


def main() -> int:
    """Ask, print a line a set, and write the result."""
    given = _arguments()
    sets = smoke_sets(ROOT / "sample") if given.smoke else full_sets(given.data, ROOT / "sample")
    asked = sets[given.part[0] - 1 :: given.part[1]]
    started = time.perf_counter()
    settings = load_settings(os.environ)
    found, index = anyio.run(partial(_ask_all, settings, archive_of(sets), asked, given.first))
    every = totals(found)
    sys.stdout.write(markdown_table([one.row() for one in [*found, every]]) + "\n")
    if given.json:
        result = {
            "environment": environment(),
            "index": index,
            "weights": weights(),
            "seconds": round(time.perf_counter() - started, 1),
            "totals": every.row(),
            "broken": every.broken,
            "sets": [one.row() for one in found],
        }
        text = json.dumps(result, ensure_ascii=False, indent=2)
        given.json.write_text(text + "\n", encoding="utf-8")
    for line in every.broken:
        sys.stderr.write(f"{line}\n")
    return 1 if every.broken else 0


async def _ask_all(
    settings: Settings, archive: Collection, sets: list[QuestionSet], first: int | None
) -> tuple[list[SetChecks], dict[str, object]]:
    found = []
    async with open_indexed(settings, archive, []) as indexed:
        answerer = indexed.reader.answerer
        door = Door(
            answers=answerer,
            withheld=answerer.never_abstaining(),
            articles=indexed.articles,
            support=open_verifier(indexed.reader.models),
        )
        for one in sets:
            checked = await check_set(one.cut(first), door)
            sys.stderr.write(f"{checked.row()}\n")
            found.append(checked)
        return found, indexed.description


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder with xquad, ant-news, kaiflematha-dev")
    parser.add_argument("--smoke", action="store_true", help="the sample archive alone")
    parser.add_argument("--first", type=int, metavar="N", help="ask the first N of each set only")
    parser.add_argument(
        "--part",
        type=_part,
        default=(1, 1),
        metavar="K/N",
        help="every Nth set from the Kth on, for N processes with a cache folder each",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the result goes")
    given = parser.parse_args()
    if not given.smoke and given.data is None:
        parser.error("give --data FOLDER, or --smoke for the sample archive")
    return given


def _part(text: str) -> tuple[int, int]:
    k, n = map(int, text.split("/"))
    if not 1 <= k <= n:
        raise argparse.ArgumentTypeError(f"{text!r} is no part: write e.g. 1/2")
    return k, n


if __name__ == "__main__":
    sys.exit(main())
