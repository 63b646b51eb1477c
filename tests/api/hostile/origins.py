"""Attacks from pages that would like to be those of the site."""

from tests.api.hostile.attacks import OTHER_SITE, SITE, Attack, Loot, origin, visitors
from tests.api.hostile.wire import Header, raw

HOST = "almadar.example"

LOOKALIKES: list[str | bytes] = [
    "null",
    "NULL",
    "",
    " ",
    "*",
    "https://*",
    "https://*.example",
    ".*",
    "https://almadar.example.attacker.example",
    "https://almadar.exampleattacker.example",
    "https://attackeralmadar.example",
    "https://attacker.almadar.example",
    "https://www.www.almadar.example",
    "https://attacker.example/almadar.example",
    "https://attacker.example?almadar.example",
    "https://attacker.example#https://almadar.example",
    "https://almadar.example@attacker.example",
    "https://attacker.example@almadar.example",
    "https://almadar.example:x@attacker.example",
    "https://almadar.example:443",
    "https://almadar.example:80",
    "https://almadar.example:8443",
    "https://almadar.example:",
    "https://almadar.example:0",
    "https://almadar.example.",
    "https://almadar..example",
    "https://.almadar.example",
    "https://almadar.example/",
    "https://almadar.example/page",
    "https://almadar.example\\.attacker.example",
    "https:\\\\almadar.example",
    "https:almadar.example",
    "https:/almadar.example",
    "https:///almadar.example",
    "//almadar.example",
    "almadar.example",
    "http://almadar.example",
    "HTTPS://almadar.example",
    "https://ALMADAR.example",
    "https://Almadar.Example",
    "wss://almadar.example",
    "ftp://almadar.example",
    "file://",
    "data:text/html,almadar",
    "blob:https://almadar.example/1",
    "javascript://almadar.example",
    "chrome-extension://almadar.example",
    "https://almadar%2eexample",
    "https://almadar.example%00.attacker.example",
    "https://almadar.example%20",
    "https://[almadar.example]",
    "https://almadar.example, https://almadar.example",
    f"{OTHER_SITE} {SITE}",
    "https://аlmadar.example",  # noqa: RUF001 - a Cyrillic letter
    "https://almadar.еxample",  # noqa: RUF001 - likewise
    "https://xn--lmadar-4nf.example",
    "https://almadar。example",
    "https://almadar．example",  # noqa: RUF001 - a fullwidth stop
    "https://ａlmadar.example",  # noqa: RUF001 - a fullwidth letter
    "https://almadar.example\u200b",
    "https://\u202ealmadar.example",
    "https://almadár.example",
    b"https://almadar.example\xff",
    "https://almadar.example" + "a" * 5_000,
    "http://localhost:8000",
    "http://127.0.0.1",
    OTHER_SITE,
]


def _named(value: str | bytes) -> str:
    return ascii(value)[:70]


def _with(name: str, *headers: Header) -> Attack:
    return Attack(name, lambda _: visitors(*headers))


OTHERS = [
    _with("no origin"),
    _with("a Referer alone", ("Referer", f"{SITE}/")),
    _with("a Host of the site", ("Referer", SITE), ("X-Forwarded-Host", HOST)),
    _with("the good origin twice", origin(SITE), origin(SITE)),
    _with("the good origin first", origin(SITE), origin(OTHER_SITE)),
    _with("the good origin last", origin(OTHER_SITE), origin(SITE)),
    _with("another header", ("X-Origin", SITE)),
    _with("an old header", ("Sec-WebSocket-Origin", SITE)),
    _with("said to be of the same origin", ("Sec-Fetch-Site", "same-origin")),
    Attack(
        "the origin is the host",
        lambda _: raw(
            "POST",
            "/v1/visitors",
            [origin("https://attacker.example"), ("Content-Type", "application/json")],
            b'{"site": "almadar"}',
            host="attacker.example",
        ),
    ),
    Attack("a site that is none", lambda _: visitors(origin(SITE), body=b'{"site": "nobody"}')),
    Attack("the site of another", lambda _: visitors(origin(SITE), body=b'{"site": "herald"}')),
    Attack("no site", lambda _: visitors(origin(SITE), body=b"{}")),
    Attack("a site in capitals", lambda _: visitors(origin(SITE), body=b'{"site": "ALMADAR"}')),
    Attack("a list of sites", lambda _: visitors(origin(SITE), body=b'{"site": ["almadar"]}')),
    Attack("a site of objects", lambda _: visitors(origin(SITE), body=b'{"site": {"$ne": 1}}')),
    Attack("a path as a site", lambda _: visitors(origin(SITE), body=b'{"site": "../almadar"}')),
    Attack("a site with NUL", lambda _: visitors(origin(SITE), body=b'{"site": "almadar\\u0000"}')),
    Attack(
        "the site twice",
        lambda _: visitors(origin(SITE), body=b'{"site": "herald", "site": "almadar"}'),
    ),
    Attack(
        "more scopes",
        lambda _: visitors(origin(SITE), body=b'{"site": "almadar", "scopes": ["admin"]}'),
    ),
    Attack(
        "an id of one's own",
        lambda _: visitors(origin(SITE), body=b'{"site": "almadar", "visitor": "x"}'),
    ),
    Attack("a large body", lambda _: visitors(origin(SITE), body=b'{"site": "' + b"a" * 9_000)),
]


def attacks() -> list[Attack]:
    lookalikes = [_with(f"origin {_named(value)}", origin(value)) for value in LOOKALIKES]
    return [*lookalikes, *(Attack(f"origin: {one.name}", one.sent) for one in OTHERS)]


def loot_is_good_for_visiting(_: Loot) -> bytes:
    """What the attacks try to have."""
    return visitors(origin(SITE))
