"""Fairness as fairness.json holds it, read back; `Fairness.as_dict` writes that shape."""

from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError

from core.errors import SourceUnreadable
from eval.fairness import Fairness
from eval.runs import FAIRNESS_FILE

_RECORD = TypeAdapter(Fairness)
_FIELDS = {"nDCG@10": "ndcg", "Success@1": "success"}


def read_fairness(values: Mapping[str, object], *, run: str) -> Fairness:
    """The fairness that `values` of the run `run` tell.

    Raises:
        SourceUnreadable: they have another shape; names the run and the first place.
    """
    only_in = values.get("only_in")
    renamed = dict(values)
    if isinstance(only_in, Mapping):
        renamed["only_in"] = {pair: _renamed(test) for pair, test in only_in.items()}
    try:
        return _RECORD.validate_python(renamed)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SourceUnreadable(
            f"{FAIRNESS_FILE} of {run} is damaged at {place}: {first['msg']}; measure it again by "
            "`sanad eval run --fairness`"
        ) from error


def _renamed(test: object) -> object:
    if not isinstance(test, Mapping):
        return test
    return {_FIELDS.get(name, name): value for name, value in test.items()}
