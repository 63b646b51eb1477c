"""Attacks with keys that are none, not good, or not sent as keys are."""

import base64

from tests.api.hostile.attacks import QUERY, Attack, Loot, bearer, search
from tests.api.hostile.wire import Header, raw


def _with(name: str, *headers: Header) -> Attack:
    return Attack(name, lambda _: search(*headers))


def _flipped(text: str) -> str:
    return text[:-1] + ("0" if text[-1] != "0" else "1")


NOTHING = [
    _with("no credentials"),
    _with("empty Authorization", ("Authorization", "")),
    _with("a scheme alone", ("Authorization", "Bearer")),
    _with("a scheme and a space", ("Authorization", "Bearer ")),
    _with("null as a key", bearer("null")),
    _with("undefined as a key", bearer("undefined")),
    _with("true as a key", bearer("true")),
    _with("an empty object as a key", bearer("{}")),
    _with("the prefix as a key", bearer("sanad_")),
    _with("the prefix twice", bearer("sanad_sanad_")),
    _with("a key of underscores", bearer("sanad_" + "_" * 60)),
    _with("a key of zeros", bearer("sanad_0000000000_" + "0" * 49)),
    _with("SQL as a key", bearer("' OR '1'='1' --")),
    _with("SQL as an id", bearer("sanad_'or'1'='1_" + "0" * 49)),
    _with("a template as a key", bearer("{{7*7}}")),
    _with("a lookup as a key", bearer("${jndi:ldap://127.0.0.1/a}")),
    _with("a format string as a key", bearer("%s%s%s%n")),
    _with("a path as a key", bearer("../../../../etc/passwd")),
    _with("a path as an id", bearer("sanad_../../../_" + "0" * 49)),
    _with("a wildcard as a key", bearer("*")),
    _with("a regular expression as a key", bearer("sanad_.*_.*")),
    _with("Basic admin", ("Authorization", "Basic " + base64.b64encode(b"admin:admin").decode())),
    _with("Digest", ("Authorization", 'Digest username="admin", response="0"')),
    _with("Negotiate", ("Authorization", "Negotiate YII=")),
    _with("AWS", ("Authorization", "AWS4-HMAC-SHA256 Credential=x, Signature=y")),
    _with("a key of Arabic letters", bearer("مفتاح")),
    _with("a key of 100,000 characters", bearer("a" * 100_000)),
    _with("a key of 5,000 dots", bearer("." * 5_000)),
    _with("a client certificate in a header", ("X-SSL-Client-Verify", "SUCCESS")),
    _with("a user of a proxy", ("X-Remote-User", "admin")),
    _with("an internal address", ("X-Forwarded-For", "127.0.0.1"), ("X-Real-IP", "127.0.0.1")),
    _with("an internal host", ("X-Forwarded-Host", "localhost"), ("Forwarded", "host=localhost")),
]

STOLEN: list[Attack] = [
    Attack("an unknown key", lambda loot: search(bearer(loot.unknown_key))),
    Attack("a revoked key", lambda loot: search(bearer(loot.revoked_key))),
    Attack("an expired key", lambda loot: search(bearer(loot.expired_key))),
    Attack("a key for something else", lambda loot: search(bearer(loot.ask_key))),
    Attack("a key without its end", lambda loot: search(bearer(loot.search_key[:-1]))),
    Attack("a key with one more", lambda loot: search(bearer(loot.search_key + "0"))),
    Attack("a key with another end", lambda loot: search(bearer(_flipped(loot.search_key)))),
    Attack("a key in capitals", lambda loot: search(bearer(loot.search_key.upper()))),
    Attack("a key in small letters", lambda loot: search(bearer(loot.search_key.lower()))),
    Attack("a key turned round", lambda loot: search(bearer(loot.search_key[::-1]))),
    Attack("two spaces", lambda loot: search(("Authorization", f"Bearer  {loot.search_key}"))),
    Attack("a tab", lambda loot: search(("Authorization", f"Bearer\t{loot.search_key}"))),
    Attack("no scheme", lambda loot: search(("Authorization", loot.search_key))),
    Attack("another scheme", lambda loot: search(("Authorization", f"Token {loot.search_key}"))),
    Attack("a key in quotes", lambda loot: search(bearer(f'"{loot.search_key}"'))),
    Attack("a key with a comma", lambda loot: search(bearer(f"{loot.search_key},"))),
    Attack("two keys", lambda loot: search(bearer(f"{loot.search_key} {loot.ask_key}"))),
    Attack(
        "two headers, the good one first",
        lambda loot: search(bearer(loot.search_key), bearer(loot.unknown_key)),
    ),
    Attack(
        "two headers, the good one last",
        lambda loot: search(bearer(loot.unknown_key), bearer(loot.search_key)),
    ),
    Attack("the good header twice", lambda loot: search(*[bearer(loot.search_key)] * 2)),
    Attack("a key with NUL", lambda loot: search(bearer(loot.search_key + "\0"))),
    Attack(
        "a key with a zero-width space", lambda loot: search(bearer(loot.search_key + "\u200b"))
    ),
    Attack("a fullwidth key", lambda loot: search(bearer(_fullwidth(loot.search_key)))),
    Attack(
        "a key in percent escapes",
        lambda loot: search(bearer("".join(f"%{ord(one):02x}" for one in loot.search_key))),
    ),
    Attack(
        "a key in base64",
        lambda loot: search(bearer(base64.b64encode(loot.search_key.encode()).decode())),
    ),
    Attack(
        "a key as a password",
        lambda loot: search((
            "Authorization",
            "Basic " + base64.b64encode(f"x:{loot.search_key}".encode()).decode(),
        )),
    ),
    Attack("X-API-Key", lambda loot: search(("X-API-Key", loot.search_key))),
    Attack("Api-Key", lambda loot: search(("Api-Key", loot.search_key))),
    Attack(
        "X-Authorization", lambda loot: search(("X-Authorization", f"Bearer {loot.search_key}"))
    ),
    Attack("underscore", lambda loot: search(("Authorization_", f"Bearer {loot.search_key}"))),
    Attack(
        "Proxy-Authorization",
        lambda loot: search(("Proxy-Authorization", f"Bearer {loot.search_key}")),
    ),
    Attack("a cookie", lambda loot: search(("Cookie", f"Authorization=Bearer {loot.search_key}"))),
    Attack("?key=", lambda loot: search(target=f"/v1/search?key={loot.search_key}")),
    Attack("?api_key=", lambda loot: search(target=f"/v1/search?api_key={loot.search_key}")),
    Attack(
        "?access_token=", lambda loot: search(target=f"/v1/search?access_token={loot.search_key}")
    ),
    Attack("a key in the path", lambda loot: search(target=f"/v1/search;key={loot.search_key}")),
    Attack(
        "a user in the target",
        lambda loot: search(target=f"http://x:{loot.search_key}@news.example/v1/search"),
    ),
    Attack(
        "a key in the body",
        lambda loot: search(body=QUERY[:-1] + f', "key": "{loot.search_key}"}}'.encode()),
    ),
    Attack("a key in the fragment", lambda loot: search(target=f"/v1/search#{loot.search_key}")),
    Attack("a visitor's token", lambda loot: search(bearer(loot.token))),
    Attack(
        "a key that is folded",
        lambda loot: search(bearer(f"{loot.search_key[:30]}\r\n {loot.search_key[30:]}")),
    ),
    Attack(
        "a header in a header",
        lambda loot: search((
            "X-A",
            f"b\r\nX-B: c\r\n\r\nAuthorization: Bearer {loot.unknown_key}",
        )),
    ),
    Attack(
        "a key for reading, on a route for writing",
        lambda loot: raw("DELETE", "/v1/articles/almadar-1", [bearer(loot.search_key)]),
    ),
    Attack(
        "a key for asking, on the switch",
        lambda loot: raw(
            "PUT",
            "/v1/asking",
            [bearer(loot.ask_key), ("Content-Type", "application/json")],
            b'{"on": false}',
        ),
    ),
]


def _fullwidth(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) for one in text)


def attacks() -> list[Attack]:
    return [*NOTHING, *STOLEN]


def loot_is_good_for_search(loot: Loot) -> bytes:
    """What the attacks try to have: it must work, or none of them proves anything."""
    return search(bearer(loot.search_key))
