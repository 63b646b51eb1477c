"""Opens a model in the CPU runtime, preparing and proving it first if need be."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from core.backends.encoder_folder import EncoderFolder, read_encoder_folder
from core.backends.onnx_embedder import OnnxEmbedder, chosen_prompts
from core.backends.prepared_encoder import Parity, compare_vectors, prepare_encoder
from core.backends.text_tokenizer import open_tokenizer
from core.settings import Settings


def open_prepared_embedder(
    folder: Path,
    *,
    model: str,
    revision: str,
    settings: Settings,
    report: Callable[[str], None],
) -> OnnxEmbedder:
    """The embedder on the model in `folder`.

    Raises:
        UnsupportedModel: the runtime cannot take this model; the message says why.
        ModelUnavailable: the prepared files cannot be written or loaded.
    """
    source = read_encoder_folder(folder)
    prompts = chosen_prompts(
        source.prompts, query=settings.query_prompt, passage=settings.passage_prompt
    )
    load = partial(
        OnnxEmbedder,
        source,
        model=model,
        revision=revision,
        precision=settings.precision,
        prompts=prompts,
        open_tokenizer=partial(
            open_tokenizer,
            folder,
            revision=revision,
            cache_dir=settings.cache_dir,
            report=report,
        ),
        threads=settings.threads,
    )
    prepared = prepare_encoder(
        source,
        revision=revision,
        precision=settings.precision,
        prompts=prompts,
        cache_dir=settings.cache_dir,
        compare=lambda written: _compare(source, load(written), passage_prompt=prompts[1]),
        report=report,
    )
    return load(prepared)


def _compare(source: EncoderFolder, embedder: OnnxEmbedder, *, passage_prompt: str) -> Parity:
    # Here and not above: torch is needed this once, and never again on this machine.
    from core.backends.encoder_calibration import parity_texts
    from core.backends.sentence_transformers_embedder import reference_vectors

    texts = parity_texts()
    return compare_vectors(
        embedder.passage_vectors(texts),
        reference_vectors(source.folder, texts, prompt=passage_prompt),
    )
