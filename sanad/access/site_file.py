"""The sites whose pages may ask, as a YAML file has them; README shows one."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from api.access.budgets import BudgetPlan
from api.access.origins import MAX_ORIGIN_CHARS, fault_of_origin
from api.access.sites import Site
from api.schemas.fields import Label, LanguageCode, refusal
from api.schemas.search import MAX_FILTER_VALUES
from api.schemas.visitors import SITE_ID
from core.errors import ConfigError
from core.passage_filter import PassageFilter

MAX_SITES = 1_000
MAX_ORIGINS = 50
MAX_BYTES = 1_000_000
MAX_SHOWN = 5
"""Faults shown of one file."""


def _check_origin(value: str) -> str:
    fault = fault_of_origin(value)
    if fault is not None:
        raise refusal(f"{value[:100]!r} {fault}")
    return value


Origin = Annotated[str, Field(max_length=MAX_ORIGIN_CHARS), AfterValidator(_check_origin)]
_Values = Field(default=(), max_length=MAX_FILTER_VALUES)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Filter(_Part):
    """Which passages visitors may be shown; a list that is not given restricts nothing."""

    sources: Annotated[tuple[Label, ...], _Values] = ()
    sections: Annotated[tuple[Label, ...], _Values] = ()
    languages: Annotated[tuple[LanguageCode, ...], _Values] = ()
    tags: Annotated[tuple[Label, ...], _Values] = ()

    @model_validator(mode="after")
    def _restricts(self) -> "_Filter":
        # `sources: []` looks like "none", and would mean "all".
        empty = [name for name in self.model_fields_set if not getattr(self, name)]
        if empty:
            raise refusal(f"{', '.join(sorted(empty))}: the list is empty: fill it or leave it out")
        return self


_DEFAULT = BudgetPlan()
_Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
_Few = Annotated[int, Field(strict=True, ge=1, le=1_000)]


class _Budgets(_Part):
    """What is not given is as in `BudgetPlan`."""

    visitor_questions_per_minute: _Count = _DEFAULT.visitor_questions_per_minute
    visitor_questions_per_day: _Count = _DEFAULT.visitor_questions_per_day
    visitor_tokens_per_day: _Count = _DEFAULT.visitor_tokens_per_day
    visitor_at_once: _Few = _DEFAULT.visitor_at_once
    address_questions_per_minute: _Count = _DEFAULT.address_questions_per_minute
    address_questions_per_day: _Count = _DEFAULT.address_questions_per_day
    address_tokens_per_day: _Count = _DEFAULT.address_tokens_per_day
    address_at_once: _Few = _DEFAULT.address_at_once
    site_questions_per_day: _Count = _DEFAULT.site_questions_per_day
    site_tokens_per_day: _Count = _DEFAULT.site_tokens_per_day


class _Site(_Part):
    id: Annotated[str, Field(pattern=SITE_ID)]
    name: Label
    origins: Annotated[tuple[Origin, ...], Field(min_length=1, max_length=MAX_ORIGINS)]
    filter: _Filter = _Filter()
    budgets: _Budgets = _Budgets()

    def to_site(self) -> Site:
        return Site(
            id=self.id,
            name=self.name,
            origins=frozenset(self.origins),
            allowed=PassageFilter(**dict(self.filter)),
            plan=BudgetPlan(**dict(self.budgets)),
        )


class _SiteFile(_Part):
    sites: Annotated[tuple[_Site, ...], Field(max_length=MAX_SITES)]

    @model_validator(mode="after")
    def _ids_differ(self) -> "_SiteFile":
        ids = [site.id for site in self.sites]
        repeated = {one for one in ids if ids.count(one) > 1}
        if repeated:
            raise refusal(f"the id {', '.join(sorted(repeated))} stands at more than one site")
        return self


def read_sites(path: Path) -> list[Site]:
    """The sites in `path`, in its order.

    Raises:
        ConfigError: it cannot be read, or something in it is wrong; names each line.
    """
    text = _read(path)
    try:
        _refuse_aliases(text, path)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        place = f"{path}" if mark is None else f"{path}:{mark.line + 1}"
        raise ConfigError(f"{place}: this is no YAML: {getattr(exc, 'problem', exc)}") from exc
    repeated = [] if root is None else list(_repeated_keys(root))
    if repeated:
        line, key = repeated[0]
        raise ConfigError(f"{path}:{line}: the key {key!r} stands twice: one would be ignored")
    try:
        return [site.to_site() for site in _SiteFile.model_validate(values).sites]
    except ValidationError as exc:
        faults = exc.errors(include_url=False)
        told = [f"{path}:{_line(root, one['loc'])}: {_told(one)}" for one in faults[:MAX_SHOWN]]
        more = f" (and {len(faults) - MAX_SHOWN} more)" if len(faults) > MAX_SHOWN else ""
        raise ConfigError("; ".join(told) + more) from exc


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError(f"{path} has more than {MAX_BYTES} bytes: is it a file of sites?")
        return path.read_text(encoding="utf-8")
    except OSError as exc:
        raise ConfigError(
            f"{path} cannot be read ({exc.strerror}): set SANAD_SITES to a file of sites"
        ) from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path}: byte {exc.start} is not UTF-8: save it as UTF-8") from exc


def _refuse_aliases(text: str, path: Path) -> None:
    """They can grow without bound, and no file of sites needs any."""
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) and event.start_mark is not None:
            line = event.start_mark.line + 1
            raise ConfigError(f"{path}:{line}: aliases are not read: write the values out")


def _told(error: object) -> str:
    match error:
        case {"type": "extra_forbidden", "loc": (*_, key)}:
            return f"unknown key {str(key)[:100]!r}: remove it, or look for a typing mistake"
        case {"type": "missing", "loc": (*_, key)}:
            return f"{str(key)[:100]!r} is missing"
        case {"loc": location, "msg": message} if isinstance(location, tuple):
            return f"{'.'.join(map(str, location))[:100]}: {message}"
    raise TypeError(error)


def _line(node: Node | None, location: Sequence[int | str]) -> int:
    """The line, from 1, of what `location` leads to, or of what it last leads through."""
    line = 1 if node is None else node.start_mark.line + 1
    for step in location:
        match node:
            case MappingNode():
                pairs = {key.value: (key, value) for key, value in node.value}
                if step not in pairs:
                    return line
                key, node = pairs[step]
                line = key.start_mark.line + 1
            case SequenceNode() if isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
            case _:
                return line
    return line


def _repeated_keys(node: Node) -> Iterator[tuple[int, str]]:
    """Line and name of each key that its mapping has already."""
    if isinstance(node, SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item)
    if isinstance(node, MappingNode):
        seen = set()
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else ""
            if name in seen:
                yield key.start_mark.line + 1, name
            seen.add(name)
            yield from _repeated_keys(value)
