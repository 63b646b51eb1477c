"""Qdrant's published OpenAPI description, made strict, as a judge of requests."""

import json
import re
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.contracts.qdrant_stub import Recorded

SCHEMA_PATH = Path(__file__).parents[2].parent / "shared/qdrant/openapi-1.19.0.json"


class StrictSchema:
    """Says what is wrong with a request; the published schema alone would accept nearly all."""

    def __init__(self, document: dict[str, Any]) -> None:
        strict: dict[str, Any] = _strict(document)
        self._components = strict["components"]
        self._paths: dict[str, dict[str, Any]] = strict["paths"]

    @classmethod
    def load(cls) -> "StrictSchema":
        return cls(json.loads(SCHEMA_PATH.read_text(encoding="utf-8")))

    def problems_of(self, request: Recorded) -> list[str]:
        """Empty if Qdrant's description allows the request."""
        operation = self._operation(request)
        if operation is None:
            return [f"no operation {request.method} {request.path}"]
        return [
            *self._problems_of_query(operation, request),
            *self._problems_of_body(operation, request.body),
        ]

    def _operation(self, request: Recorded) -> dict[str, Any] | None:
        # A fixed path goes before one with a parameter: /collections/aliases is no collection.
        for template in sorted(self._paths, key=lambda path: path.count("{")):
            pattern = re.sub(r"\\{[a-z_]+\\}", "[^/]+", re.escape(template))
            operation: dict[str, Any] | None = self._paths[template].get(request.method.lower())
            if re.fullmatch(pattern, request.path) and operation is not None:
                return operation
        return None

    def _problems_of_query(self, operation: dict[str, Any], request: Recorded) -> list[str]:
        known = {
            parameter["name"]: parameter["schema"]
            for parameter in operation.get("parameters", [])
            if parameter["in"] == "query"
        }
        return [
            problem
            for name, text in request.query.items()
            for problem in (
                [f"unknown parameter {name}"]
                if name not in known
                else self._problems(known[name], _value(text))
            )
        ]

    def _problems_of_body(self, operation: dict[str, Any], body: object) -> list[str]:
        described = operation.get("requestBody")
        if described is None:
            return [] if body is None else ["a body where none is allowed"]
        return self._problems(described["content"]["application/json"]["schema"], body)

    def _problems(self, schema: dict[str, Any], value: object) -> list[str]:
        validator = Draft202012Validator({**schema, "components": self._components})
        return [
            f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(value)
        ]


def _value(text: str) -> object:
    """A query parameter as JSON would have it."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("nullable") is True and set(node) <= {"nullable", "description"}:
        return {"enum": [None]}
    strict = {key: _strict(value) for key, value in node.items()}
    if node.get("nullable") is True and isinstance(node.get("type"), str):
        strict["type"] = [node["type"], "null"]
    if node.get("type") == "object" and "properties" in node:
        strict.setdefault("additionalProperties", False)
    return strict
