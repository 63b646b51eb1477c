"""The CPU runtime against sentence-transformers, which it must equal."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Dense, Pooling
from tokenizers import Tokenizer
from transformers import (
    BertConfig,
    BertModel,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaModel,
)

from core.backends.embedding import open_embedder
from core.backends.encoder_folder import UnsupportedModel, read_encoder_folder
from core.errors import ConfigError, ModelUnavailable
from core.ports import FullEmbedder
from core.settings import Settings, load_settings
from tests.core.backends.real_model import bundled_parts, reference_parts

pytestmark = pytest.mark.anyio

TEXTS = [
    "أعلنت الوزارة افتتاح مستشفى جديد في مدينة الموصل بعد عامين من التأجيل.",
    "وزیر نیرو گفت که سطح آب سدها پایین آمده است.",
    "受台风影响，沿海多个城市的学校停课一天。",
    "Baraj gölünün suyu yüzde 12'ye indi.",
    "تعاقدت شركة Microsoft مع 3 جامعات (MIT, ETH) في 2025!",
    "👩🏽‍🚀🇩🇿 ❤️",
    "",
    "The ferry resumes on Monday. " * 30,
]


async def test_int8_vectors_are_near_those_of_sentence_transformers() -> None:
    prepared = await bundled_parts().embedder.embed_passages(TEXTS)
    reference = await reference_parts().embedder.embed_passages(TEXTS)

    cosines = (prepared * reference).sum(axis=1)

    written = [index for index, text in enumerate(TEXTS) if any(map(str.isalpha, text))]
    assert cosines[written].mean() > 0.998
    # An empty text and one of emoji are far from anything that ranges are measured on.
    assert cosines.min() > 0.98


async def test_token_vectors_are_those_of_the_same_tokens() -> None:
    for text in TEXTS[:5]:
        (prepared,) = await bundled_parts().embedder.embed_query_tokens([text])
        (reference,) = await reference_parts().embedder.embed_query_tokens([text])

        assert prepared.tokens.shape == reference.tokens.shape
        assert (prepared.tokens * reference.tokens).sum(axis=1).mean() > 0.99


async def test_a_vector_does_not_depend_on_the_texts_beside_it() -> None:
    together = await bundled_parts().embedder.embed_passages(TEXTS)
    alone = [(await bundled_parts().embedder.embed_passages([text]))[0] for text in TEXTS]

    np.testing.assert_array_equal(together, alone)


def test_precision_tells_the_two_vector_spaces_apart() -> None:
    assert bundled_parts().embedder.identity != reference_parts().embedder.identity
    assert reference_parts().embedder.identity.precision == "fp32"
    assert bundled_parts().embedder.identity.precision.startswith("int8")


def _tokenizer() -> PreTrainedTokenizerFast:
    folder = reference_parts().folder
    return PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_file(str(folder / "tokenizer.json")),
        pad_token="<pad>",
        model_max_length=512,
    )


def _tiny_model(folder: Path, *, kind: str, pooling: str, dense: bool, act: str = "gelu") -> Path:
    torch.manual_seed(5)
    sizes = {
        "vocab_size": 250_037,
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "hidden_act": act,
        "pad_token_id": 1,
    }
    encoder = (
        BertModel(BertConfig(**sizes, max_position_embeddings=512))
        if kind == "bert"
        else XLMRobertaModel(
            XLMRobertaConfig(**sizes, max_position_embeddings=514, type_vocab_size=1)
        )
    )
    encoder.save_pretrained(folder / "encoder")
    _tokenizer().save_pretrained(folder / "encoder")
    parts = [Transformer(str(folder / "encoder")), Pooling(32, pooling_mode=pooling)]
    if dense:
        parts.append(Dense(32, 16))
    model = SentenceTransformer(modules=[*parts, Normalize()], device="cpu")
    model.save_pretrained(str(folder / "model"), create_model_card=False)
    return folder / "model"


def _open(folder: Path, tmp_path: Path, lines: list[str], **more: str) -> FullEmbedder:
    settings = load_settings(
        {"SANAD_MODEL": str(folder), "SANAD_CACHE_DIR": str(tmp_path / "cache")}
        | {f"SANAD_{name.upper()}": value for name, value in more.items()}
    )
    return open_embedder(settings, report=lines.append).embedder


@pytest.mark.parametrize(
    ("kind", "pooling", "dense"),
    [("bert", "mean", False), ("bert", "cls", True), ("xlm-roberta", "cls", False)],
)
async def test_other_models_of_the_shape_give_the_reference_vectors(
    tmp_path: Path, kind: str, pooling: str, dense: bool
) -> None:
    folder = _tiny_model(tmp_path, kind=kind, pooling=pooling, dense=dense)
    lines: list[str] = []

    prepared = _open(folder, tmp_path, lines, precision="fp32", runtime="onnx")
    reference = _open(folder, tmp_path, lines, runtime="torch")

    assert prepared.identity == reference.identity
    vectors = await prepared.embed_passages(TEXTS)
    expected = await reference.embed_passages(TEXTS)
    assert (vectors * expected).sum(axis=1).min() > 0.99999


async def test_another_shape_falls_back_to_torch_and_says_so(tmp_path: Path) -> None:
    folder = _tiny_model(tmp_path, kind="bert", pooling="mean", dense=False, act="relu")
    lines: list[str] = []

    embedder = _open(folder, tmp_path, lines)

    assert embedder.identity.precision == "fp32"
    assert any("runs in torch" in line and "'relu'" in line for line in lines)
    with pytest.raises(ModelUnavailable, match=r"'relu'.*SANAD_RUNTIME=torch"):
        _open(folder, tmp_path, lines, runtime="onnx")


def test_the_onnx_runtime_refuses_a_cuda_device() -> None:
    settings = Settings.model_validate({"runtime": "onnx", "device": "cuda"})

    with pytest.raises(ConfigError, match="SANAD_RUNTIME=torch"):
        open_embedder(settings, report=lambda _: None)


def test_a_damaged_prepared_file_is_written_anew(tmp_path: Path) -> None:
    folder = _tiny_model(tmp_path, kind="bert", pooling="mean", dense=False)
    lines: list[str] = []
    _open(folder, tmp_path, lines, precision="fp32")
    (graph,) = (tmp_path / "cache" / "runtime").glob("*/model.onnx")
    graph.write_bytes(graph.read_bytes()[:-1])

    _open(folder, tmp_path, lines, precision="fp32")

    assert sum("ready for this CPU" in line for line in lines) == 2


def test_an_empty_folder_is_no_encoder(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedModel, match=r"config\.json"):
        read_encoder_folder(tmp_path)


def test_opening_a_prepared_model_imports_no_torch() -> None:
    import subprocess

    bundled_parts()
    code = (
        "import sys; from core.settings import load_settings; "
        "from core.backends.embedding import open_embedder; "
        "open_embedder(load_settings({}), report=print); "
        "print(sorted({'torch', 'transformers', 'onnx'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )

    assert found.stdout == "[]\n"
