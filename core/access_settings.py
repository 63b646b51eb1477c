"""The settings that say who may ask the server, and how much."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, IPvAnyNetwork, SecretStr

MAX_LISTED = 100
"""Entries of a setting that is a list."""


def _listed(value: object) -> object:
    """The entries of "a, b": variables of the environment know no lists."""
    if isinstance(value, str):
        return tuple(part for part in (part.strip() for part in value.split(",")) if part)
    return value


class AccessSettings(BaseModel):
    """The part of `core.settings.Settings` that the public door and the keys are set up with.

    Secrets have no bound here, because the error of a bound shows the value that broke it;
    `sanad/access/opening.py` checks them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    environment: Literal["development", "production"] = Field(
        default="development",
        description="'development': a server on loopback without keys and sites takes everybody "
        "for its owner; 'production': keys and a good SANAD_SECRET are always needed.",
    )
    secret: SecretStr | None = Field(
        default=None,
        description="Signs the tokens of visitors: 32 random characters or more; in development "
        "drawn at each start.",
    )
    secret_previous: SecretStr | None = Field(
        default=None,
        description="The secret before this one: its tokens are good until they expire.",
    )
    visitor_token_s: int = Field(
        default=900, ge=60, le=86_400, description="Seconds that the token of a visitor is good."
    )
    sites: Path | None = Field(
        default=None,
        description="YAML file of the sites whose pages may ask; default: sites.yaml in data_dir, "
        "if there is one.",
    )
    cors_origins: Annotated[tuple[str, ...], BeforeValidator(_listed)] = Field(
        default=(),
        max_length=MAX_LISTED,
        description="Origins whose pages may call the internal routes, with a key; with commas.",
    )
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], BeforeValidator(_listed)] = Field(
        default=(),
        max_length=MAX_LISTED,
        description="Addresses and networks whose X-Forwarded-For or Forwarded is believed, with "
        "commas, e.g. 10.0.0.0/8; default: nobody's.",
    )
    limits_url: SecretStr = Field(
        default=SecretStr("memory://"),
        description="Where budgets are counted: 'memory://' for one process, 'redis://host:6379/0' "
        "for many (needs the extra 'redis').",
    )
    limits_mode: Literal["enforce", "log"] = Field(
        default="enforce",
        description="'log': what goes beyond a budget is let in, and a line of the log says so.",
    )
    asking: Literal["on", "off"] = Field(
        default="on",
        description="Whether the visitors of sites may ask; 'off' wins over `sanad asking on`.",
    )
