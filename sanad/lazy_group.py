"""A group of commands whose modules are imported when one of them is run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class LazyCommand:
    """Where a command is, and what the list of commands says of it.

    `attribute` of `module` is the command's function, or a typer app of further commands.
    """

    module: str
    attribute: str
    summary: str


def lazy_group(commands: Mapping[str, LazyCommand]) -> type[TyperGroup]:
    """A class for `typer.Typer(cls=...)` that lists `commands` in their order.

    `sanad --help` then imports none of them, and `sanad ask` none that only others need:
    together they take seconds.
    """

    class LazyGroup(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002  # typer's own class
            return list(commands)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002
            found = commands.get(cmd_name)
            return None if found is None else _load(cmd_name, found)

        def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002
            rows: Sequence[tuple[str, str]] = [
                (name, command.summary) for name, command in commands.items()
            ]
            with formatter.section("Commands"):
                formatter.write_dl(rows)

    return LazyGroup


def _load(name: str, command: LazyCommand) -> Any:  # noqa: ANN401  # a command of typer
    found = getattr(import_module(command.module), command.attribute)
    if isinstance(found, typer.Typer):
        loaded = typer.main.get_command(found)
    else:
        single = typer.Typer(
            add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
        )
        single.command(name)(found)
        loaded = typer.main.get_command(single)
    loaded.name = name
    return loaded
