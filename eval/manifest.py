"""What made a run: enough to tell why two runs differ, and to make one again.

    time, command, commit, machine, python, libraries
    collection   name, topics, and the SHA-256 of every file by name
    index        its identity (model, chunker …), and how much it holds
    search       all that bears on ranking: mode, depth, settings and the constants of `retrieval`,
                 the time at which topics are asked ("last month"), and the reranker's identity,
                 null if there is none
    seeds        of the intervals and of the tests
    timings      seconds in all, milliseconds a topic
    answering    of answers: the chat model that words them and its bounds, empty without one
    weights      of answers: the SHA-256 of every file of learned weights

No path of the machine, no key.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from pkgutil import iter_modules

import retrieval
from core.settings import Settings
from eval import intervals, paired
from eval.collection import Collection
from eval.environment import checksum, environment, shown_arguments
from retrieval.parameters import DEFAULT_PARAMETERS

RANKING_SETTINGS = (
    "model",
    "model_revision",
    "runtime",
    "precision",
    "device",
    "store",
    "reranker",
    "reranker_revision",
    "reranker_depth",
)

ANSWERING_SETTINGS = ("llm_model", "llm_timeout_s", "llm_max_tokens", "llm_prompt_tokens")

_SECRET = "***"
_KEYS = frozenset({"--key", "--api-key"})
"""Options whose values are secret."""

_USER = re.compile(r"(?<=://)[^/@\s]*@")


def describe_run(
    *,
    arguments: Sequence[str],
    started_at: datetime,
    collection: Collection,
    distractors: Mapping[str, Path],
    index: Mapping[str, object],
    search: Mapping[str, object],
) -> dict[str, object]:
    """The manifest of a run but for its timings, as JSON values.

    Args:
        arguments: Of the command line, without the program.
        started_at: Aware.
        collection: What was searched for.
        distractors: Further corpora in the index, by the name to tell.
        index: What is known of the index.
        search: How it was searched.
    """
    files = {**collection.files, **distractors}
    return {
        "time": started_at.isoformat(timespec="seconds"),
        **environment(shown_command(arguments)),
        "collection": {
            "name": collection.name,
            "topics": len(collection.topics),
            "files": {name: checksum(path) for name, path in files.items()},
        },
        "index": dict(index),
        "search": dict(search),
        "seeds": {
            "bootstrap": {"seed": intervals.SEED, "resamples": intervals.RESAMPLES},
            "randomisation": {"seed": paired.SEED, "permutations": paired.PERMUTATIONS},
        },
    }


def shown_command(arguments: Sequence[str]) -> str:
    """The command line without machine paths, keys, and names of users in addresses.

    >>> shown_command(["eval", "run", "/srv/data/xquad", "--key", "s3cret", "--api-key=s3cret"])
    'sanad eval run data/xquad --key *** --api-key=***'
    """
    shown = []
    for before, each in zip(["", *arguments], shown_arguments(arguments), strict=False):
        name, equals, _ = each.partition("=")
        if before in _KEYS:
            shown.append(_SECRET)
        elif equals and name in _KEYS:
            shown.append(f"{name}={_SECRET}")
        else:
            shown.append(shown_url(each))
    return " ".join(["sanad", *shown])


def shown_url(url: str) -> str:
    """An address without name and password of a user.

    >>> shown_url("https://me:s3cret@news.example/")
    'https://news.example/'
    """
    return _USER.sub("", url)


def ranking_settings(settings: Settings) -> dict[str, object]:
    """The settings that bear on ranking, and the constants of the retriever."""
    values = settings.model_dump(mode="json", include=set(RANKING_SETTINGS))
    for name in ("model", "reranker"):
        values[name] = shown_arguments([values[name]])[0]
    return {"settings": values, "constants": ranking_constants()}


def answering_settings(settings: Settings) -> dict[str, object]:
    """The settings that bear on the wording of answers; empty where they are quotes alone."""
    if settings.llm_model is None:
        return {}
    return settings.model_dump(mode="json", include=set(ANSWERING_SETTINGS))


def weights() -> dict[str, str]:
    """SHA-256 of every file of learned weights that answers depend on, by its name."""
    folder = Path(str(files("retrieval")))
    return {path.name: checksum(path) for path in sorted(folder.glob("*_weights.json"))}


def ranking_constants() -> dict[str, float]:
    """Every number that ranking uses, as "parameters.lexical" or "search.LEG_DEPTH"."""
    chosen = {f"parameters.{name}": value for name, value in asdict(DEFAULT_PARAMETERS).items()}
    return chosen | {
        f"{module.name}.{name}": value
        for module in iter_modules(retrieval.__path__)
        if not module.ispkg
        for name, value in sorted(vars(import_module(f"retrieval.{module.name}")).items())
        if name.isupper() and isinstance(value, int | float)
    }
