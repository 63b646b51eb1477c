"""The OpenAPI document: FastAPI's, with what it does not find by itself."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel

from api.access.guard import Guard, guards_of
from api.batch.documented import LINE_SCHEMAS
from api.openai.errors import openai_documented
from api.openai.replies import ChatCompletionChunkOut, OpenAiErrorsOut
from api.openai.routes import TAG as OPENAI
from api.problem_kinds import (
    FORBIDDEN,
    ORIGIN_NOT_ALLOWED,
    TOO_MANY_REQUESTS,
    UNAUTHORIZED,
    ProblemKind,
)
from api.response_examples import response_examples
from api.responses import PROBLEM_SCHEMA, Responses, documented
from api.schemas.operations import ProblemOut
from api.stream_example import STREAM_SCHEMAS

_UNSEEN_SCHEMAS: dict[str, type[BaseModel]] = {
    PROBLEM_SCHEMA: ProblemOut,
    **{
        model.__name__: model
        for model in (*STREAM_SCHEMAS, *LINE_SCHEMAS, ChatCompletionChunkOut, OpenAiErrorsOut)
    },
}

TAGS = [
    {"name": "read", "description": "Search, and answers with their sources."},
    {"name": OPENAI, "description": "The same for clients of OpenAI's protocol."},
    {"name": "articles", "description": "What the index holds: put, read and remove articles."},
    {"name": "feedback", "description": "What readers say of answers."},
    {"name": "operations", "description": "The state of the server, for those who run it."},
]
"""Groups of operations: one that is not named here fails a test."""

KEY = "key"
VISITOR = "visitor"
SECURITY_SCHEMES = {
    KEY: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "sanad_<id>_<secret>",
        "description": "A key that `sanad keys create` has made, with the scope that the operation "
        "needs. A server on a developer's machine asks for none until one is made.",
    },
    VISITOR: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "signed",
        "description": "The token of a reader of a site, from POST /v1/visitors; sent from a page "
        "of the origin that it was given to.",
    },
}

_Json = dict[str, Any]


class DocumentedApi(FastAPI):
    """FastAPI whose document knows problems, events, examples, and who may call what."""

    def openapi(self) -> _Json:
        """The OpenAPI document."""
        if self.openapi_schema is None:
            document = super().openapi()
            _add_schemas(document)
            _add_examples(document)
            _restore_nulls(document)
            _drop_null_parameters(document)
            document["components"]["securitySchemes"] = SECURITY_SCHEMES
            for operation, guard in _guarded(document, self.guards):
                _add_guard(operation, guard)
        return super().openapi()

    @property
    def guards(self) -> dict[tuple[str, str], Guard]:
        """By method and path."""
        return {
            (method, route.path_format): guard
            for route in self.documented_routes
            for method in route.methods or ()
            for guard in guards_of(route)
        }

    documented_routes: tuple[APIRoute, ...] = ()
    """Those of its routers."""


def _add_schemas(document: _Json) -> None:
    schemas: _Json = document["components"]["schemas"]
    for name, model in _UNSEEN_SCHEMAS.items():
        if name not in schemas:
            schema = model.model_json_schema(
                mode="serialization", ref_template="#/components/schemas/{model}"
            )
            schemas.update(schema.pop("$defs"))
            schemas[name] = schema


def _add_examples(document: _Json) -> None:
    schemas: _Json = document["components"]["schemas"]
    for name, example in response_examples().items():
        if name in schemas:
            schemas[name].setdefault("examples", [example])


def _drop_null_parameters(document: _Json) -> None:
    """Say of no parameter that it may be null: one that is not meant is left out."""
    for operation in _operations(document):
        for parameter in operation.get("parameters", ()):
            schema = parameter["schema"]
            kinds = [each for each in schema.pop("anyOf", ()) if each != {"type": "null"}]
            if kinds:
                [kind] = kinds
                parameter["schema"] = kind | schema


def _operations(document: _Json) -> list[_Json]:
    return [each for methods in document["paths"].values() for each in methods.values()]


def _restore_nulls(document: _Json) -> None:
    """Give the examples of OpenAI's errors back the nulls that FastAPI leaves out."""
    responses = [
        response
        for operation in _operations(document)
        if OPENAI in operation["tags"]
        for response in operation["responses"].values()
    ]
    for media in [media for each in responses for media in each.get("content", {}).values()]:
        for example in media.get("examples", {}).values():
            example["value"]["error"].setdefault("param", None)


def _guarded(
    document: _Json, guards: dict[tuple[str, str], Guard]
) -> Iterator[tuple[_Json, Guard]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            guard = guards.get((method.upper(), path))
            if guard is not None:
                yield operation, guard


def _add_guard(operation: _Json, guard: Guard) -> None:
    operation["security"] = [{KEY: [guard.scope]}, *([{VISITOR: []}] if guard.visitors else [])]
    operation["description"] += f"\n\nNeeds the scope `{guard.scope}`."
    kinds: list[ProblemKind] = [UNAUTHORIZED, FORBIDDEN, ORIGIN_NOT_ALLOWED, TOO_MANY_REQUESTS]
    told = openai_documented if OPENAI in operation["tags"] else documented
    _merge(operation["responses"], told(*kinds))


def _merge(responses: _Json, added: Responses) -> None:
    """Add what may be answered besides to `responses`, whose keys are texts."""
    for status, entry in added.items():
        known = responses.setdefault(str(status), entry)
        if known is entry:
            continue
        [media_type] = entry["content"]
        examples = known["content"][media_type]["examples"]
        if not entry["content"][media_type]["examples"].keys() <= examples.keys():
            known["description"] += f"; {entry['description']}"
            examples.update(entry["content"][media_type]["examples"])
