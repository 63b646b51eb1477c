"""The measures of a ranking, topic by topic, by ir-measures (MacAvaney et al. 2022)."""

from collections.abc import Mapping

import ir_measures
from ir_measures import AP, RR, Judged, R, Success, nDCG

from eval.trec import Ranking

MEASURES = (nDCG @ 10, RR @ 10, R @ 10, R @ 100, Success @ 1, Success @ 5, AP, Judged @ 10)

NAMES = tuple(str(measure) for measure in MEASURES)
"""As in tables and files: "nDCG@10" first."""


def measure_topics(
    qrels: Mapping[str, Mapping[str, int]], ranking: Ranking
) -> dict[str, dict[str, float]]:
    """Each measure of each topic of `qrels`; 0 for a topic that is not in `ranking`.

    Documents of equal score are taken in the order that trec_eval gives them.
    """
    values = {topic: dict.fromkeys(NAMES, 0.0) for topic in qrels}
    given = {topic: dict(ranking[topic]) for topic in qrels if ranking.get(topic)}
    for found in ir_measures.iter_calc(MEASURES, {k: dict(v) for k, v in qrels.items()}, given):
        values[found.query_id][str(found.measure)] = float(found.value)
    return values
