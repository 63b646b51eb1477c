"""Attacks below HTTP: requests that two readers would read differently, or that nobody can read."""

from tests.api.hostile.attacks import QUERY, Attack, Loot, bearer, search
from tests.api.hostile.wire import Header, raw

SECOND = b"GET /v1/index HTTP/1.1\r\nHost: news.example\r\n\r\n"
"""What an attacker would like to hide in the body of another request."""


def _post(*lines: str | bytes, body: bytes = b"", version: str = "HTTP/1.1") -> bytes:
    """A request whose head is these lines, exactly."""
    head = [f"POST /v1/search {version}", *lines]
    return b"\r\n".join(one if isinstance(one, bytes) else one.encode() for one in head) + (
        b"\r\n\r\n" + body
    )


def _with(name: str, sent: bytes) -> Attack:
    return Attack(name, lambda _: sent)


HOST = "Host: news.example"
CHUNKED = "Transfer-Encoding: chunked"
LAST = b"0\r\n\r\n"

FRAMING = [
    _with("CL.TE", _post(HOST, "Content-Length: 5", CHUNKED, body=LAST + SECOND)),
    _with("TE.CL", _post(HOST, CHUNKED, "Content-Length: 3", body=b"8\r\nSMUGGLED\r\n" + LAST)),
    _with("TE twice", _post(HOST, CHUNKED, CHUNKED, body=LAST + SECOND)),
    _with("TE of two codings", _post(HOST, CHUNKED + ", identity", body=LAST + SECOND)),
    _with("TE chunked twice", _post(HOST, CHUNKED + ", chunked", body=LAST + SECOND)),
    _with("TE identity", _post(HOST, "Transfer-Encoding: identity", body=SECOND)),
    _with("TE xchunked", _post(HOST, "Transfer-Encoding: xchunked", body=LAST + SECOND)),
    _with("TE gzip, chunked", _post(HOST, "Transfer-Encoding: gzip, chunked", body=LAST)),
    _with("TE with a space before the colon", _post(HOST, "Transfer-Encoding : chunked")),
    _with("TE with a tab", _post(HOST, "Transfer-Encoding:\tchunked", body=LAST + SECOND)),
    _with("TE with a vertical tab", _post(HOST, "Transfer-Encoding: \x0bchunked", body=LAST)),
    _with("TE in quotes", _post(HOST, 'Transfer-Encoding: "chunked"', body=LAST + SECOND)),
    _with("TE in capitals", _post(HOST, "TRANSFER-ENCODING: CHUNKED", body=LAST + SECOND)),
    _with("TE folded", _post(HOST, "Transfer-Encoding:\r\n chunked", body=LAST + SECOND)),
    _with("TE with HTTP/1.0", _post(HOST, CHUNKED, version="HTTP/1.0", body=LAST + SECOND)),
    _with("CL twice", _post(HOST, "Content-Length: 0", "Content-Length: 47", body=SECOND)),
    _with("CL of a list", _post(HOST, "Content-Length: 0, 47", body=SECOND)),
    _with("CL negative", _post(HOST, "Content-Length: -1", body=QUERY)),
    _with("CL with a plus", _post(HOST, "Content-Length: +5", body=QUERY)),
    _with("CL in hexadecimal", _post(HOST, "Content-Length: 0x10", body=QUERY)),
    _with("CL with a space", _post(HOST, "Content-Length: 1 0", body=QUERY)),
    _with("CL in Arabic digits", _post(HOST, "Content-Length: ٥", body=QUERY)),
    _with("CL of 400 digits", _post(HOST, "Content-Length: " + "9" * 400, body=QUERY)),
    _with("CL of an exabyte", _post(HOST, f"Content-Length: {2**60}", body=QUERY)),
    _with("CL empty", _post(HOST, "Content-Length:", body=QUERY)),
    _with("a chunk of too many digits", _post(HOST, CHUNKED, body=b"F" * 40 + b"\r\n")),
    _with("a chunk of no digits", _post(HOST, CHUNKED, body=b"zz\r\nxx\r\n" + LAST)),
    _with("a chunk of a negative size", _post(HOST, CHUNKED, body=b"-1\r\nx\r\n" + LAST)),
    _with("a chunk with a long extension", _post(HOST, CHUNKED, body=b"1;" + b"a" * 99_999)),
    _with(
        "a body with GET", b"GET /v1/index HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
    ),
    _with("a second request in one connection", _post(HOST, "Content-Length: 0") + SECOND),
    _with("a hundred requests in one connection", SECOND * 100),
]

HEADS = [
    _with("no Host", _post("Accept: */*")),
    _with("two Hosts", _post(HOST, "Host: localhost")),
    _with("an empty Host", _post("Host:")),
    _with("a Host with a user", _post("Host: localhost@news.example")),
    _with("a Host of this machine", _post("Host: localhost:8000")),
    _with("line feeds alone", b"POST /v1/search HTTP/1.1\nHost: a\nContent-Length: 0\n\n"),
    _with("carriage returns alone", b"POST /v1/search HTTP/1.1\rHost: a\r\r"),
    _with("a space before the colon", _post(HOST, "Authorization : Bearer x")),
    _with("a header without a colon", _post(HOST, "Authorization Bearer x")),
    _with("a header without a name", _post(HOST, ": Bearer x")),
    _with("NUL in a name", _post(HOST, "Auth\0orization: Bearer x")),
    _with("NUL in a value", _post(HOST, "Authorization: Bearer \0x")),
    _with("a carriage return in a value", _post(HOST, "X-A: a\rb")),
    _with("bytes that are no ASCII in a name", _post(HOST, b"Auth\xffrization: Bearer x")),
    _with("a name in another script", _post(HOST, "Аuthorization: Bearer x")),  # noqa: RUF001
    _with("10,000 headers", _post(HOST, *[f"X-{number}: a" for number in range(10_000)])),
    _with("a header of a megabyte", _post(HOST, "X-A: " + "a" * 1_000_000)),
    _with("a name of 100,000 characters", _post(HOST, "X" * 100_000 + ": a")),
    _with("a folded line first", b"POST /v1/search HTTP/1.1\r\n Host: a\r\n\r\n"),
    _with("HTTP/0.9", b"GET /v1/index\r\n\r\n"),
    _with("HTTP/1.2", _post(HOST, version="HTTP/1.2")),
    _with("HTTP/2.0", _post(HOST, version="HTTP/2.0")),
    _with("HTTP/9.9", _post(HOST, version="HTTP/9.9")),
    _with("no version", b"POST /v1/search\r\nHost: a\r\n\r\n"),
    _with("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"),
    _with("a TLS hello", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + b"\0" * 500),
    _with("an SSH banner", b"SSH-2.0-OpenSSH_9.9\r\n"),
    _with("random bytes", bytes(range(256)) * 10),
    _with("NULs alone", b"\0" * 5_000),
    _with("a request line of a megabyte", b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\n\r\n"),
    _with("Upgrade: h2c", _post(HOST, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c")),
    _with(
        "Upgrade: websocket",
        b"GET /v1/index HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    ),
    _with("an Expect that nobody knows", _post(HOST, "Expect: 200-maybe", "Content-Length: 0")),
]

DISGUISED: list[tuple[str, Header]] = [
    ("X-HTTP-Method-Override", ("X-HTTP-Method-Override", "GET")),
    ("X-Original-URL", ("X-Original-URL", "/health")),
    ("X-Rewrite-URL", ("X-Rewrite-URL", "/health")),
    ("X-Forwarded-Prefix", ("X-Forwarded-Prefix", "/health")),
    ("X-Forwarded-Proto", ("X-Forwarded-Proto", "https")),
    ("X-Forwarded-For of this machine", ("X-Forwarded-For", "127.0.0.1")),
    ("X-Custom-IP-Authorization", ("X-Custom-IP-Authorization", "127.0.0.1")),
    ("Connection that drops the key", ("Connection", "close, Authorization")),
    ("traceparent of nonsense", ("traceparent", "00-" + "g" * 32 + "-0-0")),
    ("X-Request-ID with a line end", ("X-Request-ID", "a%0d%0aSet-Cookie: b")),
    ("Accept of 50,000 ranges", ("Accept", "a/b;q=0.1," * 5_000)),
    ("Accept-Encoding of nonsense", ("Accept-Encoding", "\x7f, ;q=nan")),
    ("Range", ("Range", "bytes=0-,0-,0-")),
]

METHODS = [
    Attack(f"method {method[:20]}", lambda _, method=method: raw(method, "/v1/index"))  # type: ignore[misc]
    for method in (
        *("TRACE", "CONNECT", "PATCH", "PROPFIND", "SEARCH", "get", "GeT", "DEBUG"),
        *("MOVE", "POST", "PURGE", "A" * 5_000, "G\u00c9T"),
    )
]


def _known(name: str, header: Header) -> Attack:
    def sent(loot: Loot) -> bytes:
        return search(bearer(loot.unknown_key), header)

    return Attack(name, sent)


def attacks() -> list[Attack]:
    disguised = [_known(name, header) for name, header in DISGUISED]
    named = {"framing": FRAMING, "head": HEADS, "disguised": disguised, "": METHODS}
    return [
        Attack(f"{kind}: {attack.name}".removeprefix(": "), attack.sent)
        for kind, found in named.items()
        for attack in found
    ]
