r"""The same documents, weights and questions through Sanad and through other systems.

    python benchmarks/peers.py --xquad data/xquad --news data/ant-news \
        --environments ~/peers --json benchmarks/results/peers.json

Each system is set up as its documentation recommends (`peers/with_*.py` say what was chosen) in
an environment of its own (`peers/requirements/`), made under --environments the first time, for
which pip needs its registry (and its own settings, should torch's CPU builds be elsewhere);
nothing else needs a network. They take turns, step after step, each step in a process of its
own: indexing, questions one after another, questions at once; never two at a time. Some 4 minutes
a system with 1,000 distractors on 2 cores, most of it indexing.

Documents are Arabic paragraphs of XQuAD among news articles, asked in Arabic and English, and,
apart, its English paragraphs asked in English. Qdrant runs in the local mode of its client, which
compares with every vector; a server would answer faster than that, but no faster than the model
embeds the question. nDCG@10 is by document, where its best passage stands.
"""

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from environment import environment
from peers_data import DocumentSet, document_sets, warm_up_questions
from peers_measures import checked_rankings, compared, merged, ndcg_by_topic, step_figures
from peers_report import not_ahead, quality_rows, speed_rows, version_rows
from peers_steps import SANAD, SYSTEMS, Peer, Steps, ready_python
from tables import markdown_table

ACTIONS = ("index", "search", "load")


def main() -> None:
    """Run it."""
    options = _options()
    chosen = [peer for peer in SYSTEMS if peer.name in {SANAD.name, *options.systems}]
    pythons = _pythons(chosen, options)
    with tempfile.TemporaryDirectory(dir=options.work) as name:
        folder = Path(name)
        sets = document_sets(
            options.xquad,
            options.news,
            distractors=options.distractors,
            topics=options.topics,
            folder=folder,
        )
        steps = Steps(
            pythons=pythons,
            folder=folder,
            cache_dir=options.cache_dir,
            warm_up=warm_up_questions(options.xquad),
            clients=options.clients,
        )
        systems = _measured(chosen, sets, steps, rounds=options.rounds)
    result = {
        **environment(),
        "documents": {
            each.name: {
                "documents": len(each.document_ids),
                "characters": each.characters,
                "questions": {pair: len(topics) for pair, topics in each.topics.items()},
            }
            for each in sets
        },
        "distractors": options.distractors,
        "rounds": options.rounds,
        "clients": options.clients,
        "systems": systems,
        "not_ahead": not_ahead(systems, reference=SANAD.name),
    }
    if options.json:
        text = json.dumps(result, ensure_ascii=False, indent=2)
        options.json.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(_report(result))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [peer.name for peer in SYSTEMS]
    parser.add_argument("--xquad", type=Path, required=True, help="folder: corpus/, queries/, …")
    parser.add_argument("--news", type=Path, required=True, help="folder with corpus.jsonl.gz")
    parser.add_argument("--environments", type=Path, required=True, help="folder, kept for reuse")
    parser.add_argument("--systems", nargs="+", choices=names, default=names)
    parser.add_argument("--distractors", type=int, default=1000, metavar="N")
    parser.add_argument("--topics", type=int, help="questions of each pair; default: all")
    parser.add_argument("--rounds", type=int, default=1, help="the median is told")
    parser.add_argument("--clients", type=int, default=16, help="questions at once")
    parser.add_argument("--sanad-python", type=Path, default=Path(sys.executable))
    parser.add_argument("--cache-dir", type=Path, help="of Sanad; default: as its settings say")
    parser.add_argument("--work", type=Path, help="folder for the indexes; default: a temporary")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _pythons(chosen: Sequence[Peer], options: argparse.Namespace) -> dict[str, Path]:
    options.environments.mkdir(parents=True, exist_ok=True)
    return {
        peer.name: options.sanad_python
        if peer.environment is None
        else ready_python(peer.environment, options.environments.absolute())
        for peer in chosen
    }


def _measured(
    chosen: Sequence[Peer], sets: Sequence[DocumentSet], steps: Steps, *, rounds: int
) -> dict[str, Any]:
    """Everything about every system, by name."""
    model = steps.prepare()
    figures: dict[tuple[str, str], list[dict[str, float]]] = defaultdict(list)
    topics: dict[str, dict[str, list[float]]] = defaultdict(dict)
    versions: dict[str, dict[str, str]] = {}
    for _ in range(rounds):
        for documents in sets:
            gathered: dict[str, dict[str, float]] = defaultdict(dict)
            for action in ACTIONS:
                for peer in chosen:
                    result = steps.run(
                        peer,
                        action,
                        model=model,
                        documents=documents.file,
                        questions=documents.questions,
                    )
                    gathered[peer.name] |= step_figures(action, result)
                    _tell(peer, action, documents, gathered[peer.name])
                    versions[peer.name] = result["versions"]
                    if action != "index":
                        topics[peer.name] |= _quality(documents, result)
            for name, row in gathered.items():
                figures[name, documents.name].append(row)
    return {
        peer.name: {
            "versions": versions[peer.name],
            "sets": {each.name: merged(figures[peer.name, each.name]) for each in sets},
            "quality": {
                pair: compared(values, topics[SANAD.name][pair])
                for pair, values in topics[peer.name].items()
            },
        }
        for peer in chosen
    }


def _quality(documents: DocumentSet, result: dict[str, Any]) -> dict[str, list[float]]:
    """nDCG@10 of every topic, by pair."""
    rankings = checked_rankings(
        documents.questions, result["rankings"], known=documents.document_ids
    )
    return {
        pair: ndcg_by_topic(topics, documents.qrels[pair], rankings)
        for pair, topics in documents.topics.items()
    }


def _tell(peer: Peer, action: str, documents: DocumentSet, row: dict[str, float]) -> None:
    shown = ", ".join(f"{name} {value:.4g}" for name, value in row.items())
    sys.stderr.write(f"{documents.name} {action}, {peer.name}: {shown}\n")


def _report(result: dict[str, Any]) -> str:
    parts = []
    for name, documents in result["documents"].items():
        asked = ", ".join(f"{count} {pair}" for pair, count in documents["questions"].items())
        parts.append(f"{documents['documents']} documents ({name}), questions: {asked}\n")
        parts.append(markdown_table(speed_rows(result["systems"], name, reference=SANAD.name)))
    parts.append(markdown_table(quality_rows(result["systems"])))
    parts.append(markdown_table(version_rows(result["systems"])))
    parts.append("".join(f"- {line}\n" for line in result["not_ahead"]))
    machine = result["machine"]
    parts.append(f"{machine['cpu']}, {machine['cores']} cores; commit {result['commit']}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    main()
