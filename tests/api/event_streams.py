"""Reads event streams as browsers do: the HTML standard, 9.2.6 "Interpreting an event stream"."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A dispatched event; `data` is its parsed JSON."""

    name: str
    id: str
    data: dict[str, Any]


def read_events(lines: Iterable[str]) -> Iterator[Event]:
    """Events of a stream split at its line ends; what does not end in a blank line is dropped."""
    name, last_id, data = "", "", []
    for line in lines:
        if not line:
            if data:
                yield Event(name=name, id=last_id, data=json.loads("\n".join(data)))
            name, data = "", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match field:
            case "event":
                name = value
            case "id":
                last_id = value
            case "data":
                data.append(value)


def events_of(text: str) -> list[Event]:
    """All events of a whole stream."""
    return list(read_events(text.split("\n")))
