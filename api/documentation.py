"""The OpenAPI document as one plain page: no script, no request to anywhere else."""

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from api.draining import SHUTTING_DOWN
from api.errors import DOMAIN_KINDS
from api.problem_kinds import HTTP_KINDS

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 3rem; border-top: 1px solid #8886; padding-top: 1rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { background: #8882; padding: .75rem; overflow-x: auto; border-radius: .4rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; vertical-align: top; padding: .3rem .6rem; }
td { border-top: 1px solid #8884; }
.method { font-weight: 700; padding: .1rem .4rem; border-radius: .3rem; background: #8883; }
nav li { list-style: none; }
"""

_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode("utf-8")).digest()).decode("ascii")

CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)

_Json = dict[str, Any]
"""A part of an OpenAPI document."""


def documentation_page(document: _Json) -> str:
    """An HTML page for an OpenAPI 3.1 `document` as FastAPI writes it."""
    info = document["info"]
    operations = list(_operations(document))
    links = "".join(
        f'<li><a href="#{_anchor(method, path)}"><code>{method} {escape(path)}</code></a> '
        f"{escape(operation['summary'])}</li>"
        for method, path, operation in operations
    )
    known = document["components"]["schemas"]
    sections = "".join(_operation(*operation, known=known) for operation in operations)
    schemas = "".join(_schema(name, schema) for name, schema in sorted(known.items()))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(info['title'])} API</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(info['title'])} API, version {escape(info['version'])}</h1>"
        f"<p>{escape(info['description'])}</p>"
        f'<p><a href="/openapi.json">OpenAPI document</a></p><nav><ul>{links}</ul></nav>'
        f"{sections}<h2>Problems</h2>{_problems()}<h2>Schemas</h2>{schemas}</body></html>"
    )


def _operations(document: _Json) -> Iterator[tuple[str, str, _Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _operation(method: str, path: str, operation: _Json, *, known: _Json) -> str:
    parts = [
        f'<section><h2 id="{_anchor(method, path)}"><span class="method">{method}</span> '
        f"<code>{escape(path)}</code></h2>",
        f"<p><strong>{escape(operation['summary'])}</strong></p>",
        f"<p>{escape(operation.get('description', ''))}</p>",
    ]
    rows = [
        (
            f"<code>{escape(parameter['name'])}</code>",
            escape(parameter["in"]),
            escape(parameter.get("description", "")),
        )
        for parameter in operation.get("parameters", [])
    ]
    if rows:
        parts.append(_table(("Parameter", "In the", "Meaning"), rows))
    sent = None
    if "requestBody" in operation:
        form, media = next(iter(operation["requestBody"]["content"].items()))
        sent = form, _sent_example(media, known=known)
        parts.append(f"<p>Body: {_type(media['schema'])} as <code>{escape(form)}</code></p>")
    parts.append(f"<pre>{escape(_curl(method, path, sent))}</pre>")
    answers = [
        (
            f"<code>{escape(status)}</code>",
            escape(response.get("description", "")),
            ", ".join(
                _type(_media_schema(media)) for media in response.get("content", {}).values()
            ),
        )
        for status, response in operation["responses"].items()
    ]
    parts.append(_table(("Status", "Meaning", "Body"), answers))
    parts.extend(_response_examples(operation))
    return "".join(parts) + "</section>"


def _response_examples(operation: _Json) -> Iterator[str]:
    """Of the forms of a response that have one, which problems and JSON objects do not."""
    for response in operation["responses"].values():
        for form, media in response.get("content", {}).items():
            if "example" in media:
                described = escape(_media_schema(media).get("description", ""))
                yield f"<p>As <code>{escape(form)}</code>: {described}</p>"
                yield f"<pre>{escape(media['example'])}</pre>"


def _sent_example(media: _Json, *, known: _Json) -> str:
    """Of a JSON object that of its schema; other forms have their own."""
    if "example" in media:
        return str(media["example"]).rstrip("\n")
    example = known[_name(media["schema"])]["examples"][0]
    return json.dumps(example, ensure_ascii=False, indent=2)


def _media_schema(media: _Json) -> _Json:
    """Of a whole response, or of each item of one that comes in items."""
    found: _Json = media["itemSchema"] if "itemSchema" in media else media["schema"]
    return found


_IN_PATHS = {"{article_id}": "almadar-2024-06-19-01", "{model}": "sanad"}


def _curl(method: str, path: str, sent: tuple[str, str] | None) -> str:
    for name, example in _IN_PATHS.items():
        path = path.replace(name, example)
    url = f"http://127.0.0.1:8000{path}"
    if sent is None:
        return f"curl {'' if method == 'GET' else f'-X {method} '}{url}"
    form, body = sent
    return f"curl -X {method} {url} \\\n  -H 'Content-Type: {form}' --data-binary '{body}'"


def _schema(name: str, schema: _Json) -> str:
    required = set(schema.get("required", ()))
    rows = [
        (
            f"<code>{escape(field)}</code>{' (required)' if field in required else ''}",
            _type(described),
            escape(described.get("description", "")) + escape(_bounds(described)),
        )
        for field, described in schema.get("properties", {}).items()
    ]
    values = ", ".join(f"<code>{escape(str(value))}</code>" for value in schema.get("enum", ()))
    return (
        f'<h3 id="schema-{escape(name)}">{escape(name)}</h3>'
        f"<p>{escape(schema.get('description', ''))} {values}</p>"
        + (_table(("Field", "Type", "Meaning"), rows) if rows else "")
    )


def _type(schema: _Json) -> str:
    """The type of a field as HTML, with links to the schemas that it names."""
    if "$ref" in schema:
        name = escape(_name(schema))
        return f'<a href="#schema-{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(choice) for choice in schema["anyOf"])
    if schema.get("type") == "array":
        items = schema.get("items") or {"anyOf": schema.get("prefixItems", [{}])}
        return f"list of {_type(items)}"
    if "oneOf" in schema:
        return "events"
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    return escape(schema.get("format") or schema.get("type") or "any")


def _name(reference: _Json) -> str:
    return str(reference["$ref"].rsplit("/", 1)[-1])


_BOUNDS = {
    "minimum": "at least",
    "maximum": "at most",
    "maxLength": "characters at most",
    "maxItems": "items at most",
    "pattern": "like",
    "default": "default",
}


def _bounds(schema: _Json) -> str:
    told = [
        f"{words} {json.dumps(schema[key], ensure_ascii=False)}"
        for key, words in _BOUNDS.items()
        if schema.get(key) not in (None, [], ())
    ]
    return f" ({', '.join(told)})" if told else ""


def _problems() -> str:
    kinds = {kind.slug: kind for kind in (*HTTP_KINDS, SHUTTING_DOWN, *DOMAIN_KINDS.values())}
    rows = [
        (
            f"<code>{escape(kind.type)}</code>",
            f"<code>{kind.status}</code>",
            f"{escape(kind.title)}. {escape(kind.remedy)}",
        )
        for kind in sorted(kinds.values(), key=lambda kind: (kind.status, kind.slug))
    ]
    return _table(("Type", "Status", "Meaning and remedy"), rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of `rows`, whose cells are HTML already."""
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _anchor(method: str, path: str) -> str:
    return f"{method.lower()}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}"
