"""`sanad serve`: search and answers over HTTP until told to stop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from api.app import create_app
from api.draining import Drain
from api.metrics import Metrics
from api.metrics.chat import CountedChatModel
from api.routes.widget import embedding, load_widget
from api.server import serve as serve_until_stopped
from api.services import Services
from core.settings import Settings
from core.spans import Tracer
from sanad.access.serving import ServedAccess, prepare_access
from sanad.commands.index import require_free_index
from sanad.exit_status import DONE
from sanad.heaps import limit_heaps
from sanad.session import start, stderr_report
from sanad.tracing import open_tracer


def serve() -> int:
    """Serve the API on SANAD_HOST:SANAD_PORT (default 127.0.0.1:8000) until Ctrl-C.

    The server owns the embedded index while it runs: `sanad ask` and `sanad search` then ask
    it, articles are published through PUT /v1/articles/{id}.
    """
    settings = start()
    access = prepare_access(settings)
    require_free_index(settings)
    limit_heaps()
    drain = Drain()
    told = partial(_announce, settings)
    with open_tracer(settings) as tracer:
        opened = partial(open_services, settings, access, tracer=tracer)
        app = create_app(opened, settings=settings, drain=drain)
        serve_until_stopped(app, settings, on_started=told, drain=drain)
    return DONE


@asynccontextmanager
async def open_services(
    settings: Settings, access: ServedAccess, *, tracer: Tracer | None = None
) -> AsyncIterator[Services]:
    """Everything behind the routes, loaded and warm before the first request."""
    from core.backends.feedback_files import FeedbackFiles  # noqa: PLC0415
    from core.backends.serving_embedder import open_serving_embedder  # noqa: PLC0415
    from sanad.answering import open_answerer  # noqa: PLC0415
    from sanad.composition import (  # noqa: PLC0415
        open_index,
        open_models,
        open_reader,
        open_writer,
    )
    from sanad.serving_check import ServingCheck  # noqa: PLC0415

    models = await open_models(settings, report=stderr_report)
    async with (
        open_index(settings, models, command="sanad serve", create=True, stays_open=True) as store,
        open_serving_embedder(models.embedder.embedder) as embedder,
        access.running(),
    ):
        models = replace(models, embedder=replace(models.embedder, embedder=embedder))
        store.set_url(_local_url(settings))
        reader = await open_reader(settings, models, store, report=stderr_report)
        await reader.searcher.warm_up()
        metrics = Metrics()
        counted = partial(CountedChatModel, metrics=metrics.chat)
        async with open_answerer(settings, reader, around=counted) as answerer:
            yield Services(
                searcher=reader.searcher,
                answerer=answerer,
                articles=store,
                writer=open_writer(models, store),
                feedback=FeedbackFiles(settings.data_dir),
                identity=models.identity,
                settings=settings,
                access=access.access,
                check=ServingCheck(
                    settings, store=store, embedder=embedder, identity=models.identity
                ),
                embedder_figures=embedder.figures,
                reranker=None if reader.reranker is None else reader.reranker.identity,
                token_counter=models.embedder.token_counter,
                metrics=metrics,
                tracer=tracer,
            )


def _local_url(settings: Settings) -> str:
    """Where other processes of this machine reach the server, whatever it listens on."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def _announce(settings: Settings, url: str) -> None:
    demo = f"demo news site: {url}/; " if settings.has_demo else ""
    stderr_report(f"serving {url}  ({demo}documentation: {url}/docs)")
    stderr_report(f"widget for other pages: {embedding(load_widget(), url=url)}")
