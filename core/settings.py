"""Every setting of Sanad, read once from SANAD_* variables and passed down.

Nothing below the composition roots reads the environment.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

import platformdirs
from pydantic import ConfigDict, Field, SecretStr, ValidationError, model_validator

from core.access_settings import AccessSettings
from core.errors import ConfigError
from core.logging import LogFormat

PREFIX = "SANAD_"

MAX_QUERY_CHARS = 2_000
"""Longest question or query, in characters."""

MAX_RERANKER_DEPTH = 200
"""Passages that a reranker may read for one question: each is a pass of a model."""


class Settings(AccessSettings):
    """One object for all settings; unknown SANAD_* names are refused by `load_settings`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("sanad", appauthor=False)),
        description="The embedded store and everything that you own.",
    )
    cache_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir("sanad", appauthor=False)),
        description="Prepared models; may be deleted at any time.",
    )

    model: str = Field(
        default="bundled",
        min_length=1,
        max_length=500,
        description="'bundled', a folder, or a sentence-transformers model name.",
    )
    model_revision: str | None = Field(
        default=None,
        max_length=100,
        description="Commit of a model given by name; needed for one that is not a folder.",
    )
    query_prompt: str | None = Field(
        default=None,
        max_length=500,
        description="Put before questions; default: the model's own, else none.",
    )
    passage_prompt: str | None = Field(
        default=None,
        max_length=500,
        description="Put before passages; default: the model's own, else none.",
    )
    device: Literal["cpu", "cuda"] = Field(default="cpu", description="Where the models run.")
    runtime: Literal["auto", "onnx", "torch"] = Field(
        default="auto",
        description="'onnx': prepared for the CPU; 'torch': sentence-transformers, the reference; "
        "'auto': onnx where the model's shape allows it.",
    )
    precision: Literal["int8", "fp32"] = Field(
        default="int8", description="Of the onnx runtime; part of what an index is built with."
    )
    threads: int | None = Field(
        default=None, ge=1, le=256, description="CPU threads of the model; default: all cores."
    )

    reranker: str = Field(
        default="none",
        min_length=1,
        max_length=500,
        description="A model that reads the first passages again, each with the question, and "
        "reorders them: 'none', a folder, or a sentence-transformers CrossEncoder by name. "
        "It changes results and their speed, never what is stored.",
    )
    reranker_revision: str | None = Field(
        default=None,
        max_length=100,
        description="Commit of a reranker given by name; needed for one that is not a folder.",
    )
    reranker_depth: int = Field(
        default=30,
        ge=1,
        le=MAX_RERANKER_DEPTH,
        description="How many of the first passages the reranker reads.",
    )

    store: Literal["edge", "qdrant"] = Field(
        default="edge", description="'edge': embedded in data_dir; 'qdrant': a Qdrant server."
    )
    qdrant_url: str | None = Field(
        default=None, max_length=500, description="Address of the Qdrant server."
    )
    qdrant_api_key: SecretStr | None = Field(default=None, description="Key of the Qdrant server.")
    qdrant_collection: str = Field(
        default="sanad",
        pattern=r"^[A-Za-z0-9_-]{1,100}$",
        description="Alias under which the Qdrant server knows the index.",
    )
    qdrant_timeout_s: int = Field(default=10, ge=1, le=300, description="Limit of a store call.")

    llm_base_url: str | None = Field(
        default=None,
        max_length=500,
        pattern=r"^https?://[^\s?#@]+$",
        description="OpenAI-compatible chat endpoint that words the answers, without "
        "/chat/completions, e.g. http://localhost:11434/v1; default: answers are quotes alone.",
    )
    llm_model: str | None = Field(
        default=None, min_length=1, max_length=200, description="Model to ask for at the endpoint."
    )
    llm_api_key: SecretStr | None = Field(default=None, description="Key of the chat endpoint.")
    llm_timeout_s: float = Field(
        default=30,
        ge=1,
        le=600,
        description="Longest time for a generated answer, waiting and retries included; quotes "
        "are given after it.",
    )
    llm_max_tokens: int = Field(
        default=700, ge=50, le=8_000, description="Most tokens of a generated answer."
    )
    llm_prompt_tokens: int = Field(
        default=4_000,
        ge=500,
        le=200_000,
        description="Most tokens of a prompt, estimated; fewer quotes are sent where they exceed "
        "it.",
    )
    llm_concurrency: int = Field(
        default=4, ge=1, le=256, description="Calls to the chat endpoint at once."
    )
    llm_max_waiting: int = Field(
        default=16,
        ge=0,
        le=4_096,
        description="Calls that may wait for the chat endpoint; the next ones get quotes.",
    )

    host: str = Field(default="127.0.0.1", max_length=255, description="Address to serve on.")
    port: int = Field(default=8000, ge=1, le=65_535, description="Port to serve on.")
    max_request_bytes: int = Field(
        default=8_000_000, ge=10_000, le=100_000_000, description="Largest request body."
    )
    max_article_chars: int = Field(
        default=2_000_000, ge=1_000, le=20_000_000, description="Longest article body."
    )
    max_source_bytes: int = Field(
        default=40_000_000,
        ge=10_000,
        le=1_000_000_000,
        description="Largest file holding one article; .jsonl files may be larger.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe log line written to stderr."
    )
    demo: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="Whether a news site over the index is served at /, with the chat widget; it "
        "shows every usable article to everybody. 'auto': in development.",
    )

    @property
    def has_demo(self) -> bool:
        """Whether the demo site is served."""
        return self.demo == "on" or (self.demo == "auto" and self.environment == "development")

    api_key: SecretStr | None = Field(
        default=None,
        description="Key that `sanad ask`, `search` and `eval --url` show to a running server, "
        "and the Python client does.",
    )

    @property
    def key(self) -> str | None:
        """The key to show to a running server, in the clear."""
        return None if self.api_key is None else self.api_key.get_secret_value()

    max_batch_s: int = Field(
        default=3_600,
        ge=1,
        le=86_400,
        description="Longest time that one batch of articles may take to be sent and indexed.",
    )
    log_format: LogFormat = Field(
        default="text", description="'text': key=value lines; 'json': an object a line."
    )
    log_questions: Literal["off", "on"] = Field(
        default="off",
        description="Whether the line of a request holds what was asked: personal data, often.",
    )

    drain_s: float = Field(
        default=0,
        ge=0,
        le=300,
        description="After it was told to stop, a server goes on listening for this long, so that "
        "load balancers see that it is not ready.",
    )

    otel: Literal["off", "on"] = Field(
        default="off",
        description="Whether traces are sent to an OpenTelemetry collector, whose address the "
        "OTEL_EXPORTER_OTLP_* variables give; needs the extra `otel`.",
    )

    @model_validator(mode="after")
    def _qdrant_needs_url(self) -> Self:
        if self.store == "qdrant" and self.qdrant_url is None:
            raise ValueError(
                "SANAD_STORE=qdrant needs SANAD_QDRANT_URL, e.g. http://localhost:6333"
            )
        return self

    @model_validator(mode="after")
    def _endpoint_needs_model(self) -> Self:
        if (self.llm_base_url is None) is not (self.llm_model is None):
            raise ValueError(
                "SANAD_LLM_BASE_URL and SANAD_LLM_MODEL belong together: set both or neither"
            )
        return self


def load_settings(environment: Mapping[str, str]) -> Settings:
    """The settings given by `environment`, which is normally `os.environ`.

    Raises:
        ConfigError: an unknown SANAD_* name or a value out of bounds; names each one.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    given = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    unknown = sorted(set(given) - known)
    if unknown:
        raise ConfigError(
            f"unknown setting {', '.join(unknown)}: remove it; "
            "`sanad doctor --settings` lists the known ones"
        )
    values = {name.removeprefix(PREFIX).lower(): value for name, value in given.items()}
    try:
        return Settings.model_validate(values)
    except ValidationError as exc:
        problems = [
            f"{PREFIX}{str(error['loc'][0]).upper()}={_shown(error['input'])}: {error['msg']}"
            if error["loc"]
            else error["msg"]
            for error in exc.errors(include_url=False)
        ]
        raise ConfigError("bad settings: " + "; ".join(problems)) from exc


def _shown(value: object) -> str:
    return "***" if isinstance(value, SecretStr) else repr(value)
