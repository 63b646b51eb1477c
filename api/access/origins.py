"""Origins (RFC 6454): which are well written, which are this machine's, which are one's own.

Origins are compared as browsers send them, character for character: nothing is normalised, so
nothing can look like another.
"""

import re
from ipaddress import ip_address

MAX_ORIGIN_CHARS = 300

_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])"
    r"(:(?P<port>[1-9][0-9]{0,4}))?",
    re.ASCII,
)
_DEFAULT_PORTS = {"http": "80", "https": "443"}


def fault_of_origin(text: str) -> str | None:
    """Why no page of a public site has the origin `text`, as a phrase; None if one may.

    http is only for this machine.
    """
    if "*" in text:
        return "holds *, which would let every page in: name each origin"
    found = _ORIGIN.fullmatch(text)
    if found is None or len(text) > MAX_ORIGIN_CHARS or ".." in text:
        return (
            "is no origin as browsers send it: scheme, host in lower case (punycode where it has "
            "other letters) and a port other than the scheme's own, without a slash at the end, "
            "e.g. https://news.example"
        )
    if found["port"] == _DEFAULT_PORTS[found["scheme"]]:
        return f"names the port that {found['scheme']} has anyway: browsers leave it out"
    if found["scheme"] == "http" and not is_loopback(found["host"]):
        return "is plain http: use https, http is only for this machine (localhost)"
    return None


def is_loopback(host: str) -> bool:
    """Whether the host name or address `host` (IPv6 in brackets or not) is this machine."""
    name = host.lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def host_of(authority: str) -> str:
    """The host of "host:port", as in a header Host; brackets stay around an IPv6 address."""
    return re.sub(r":[0-9]*\Z", "", authority)


def is_own_page(origin: str, *, host: str) -> bool:
    """Whether `origin` is this very server, which the header `host` calls by a loopback name.

    The name matters: by rebinding its own, a page elsewhere may be at the same address.
    """
    found = _ORIGIN.fullmatch(origin)
    return (
        found is not None
        and origin.partition("://")[2] == host.lower()
        and is_loopback(found["host"])
    )
