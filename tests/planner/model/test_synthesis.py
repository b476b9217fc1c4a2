"""A synthesised graph computes what its architecture says, byte for byte the same each time, or is not there at all."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from planner.errors import ModelError
from planner.model import synthesis
from planner.model.architecture import ModelArchitecture
from planner.model.folder import inspect_folder
from planner.model.footprint import weight_bytes
from planner.model.safety import check_model_folder
from planner.model.synthesis import build, check_buildable
from planner.model.weight_formats import WeightFormat, weight_format
from tests.support.reference_forward import ReferenceDecoder

PROMPT = [3, 141, 59, 26, 5, 35, 89, 79, 32, 38]
ANSWER = [46, 26, 43]


def tiny(**changes: object) -> ModelArchitecture:
    """Two layers, grouped heads, a width that no block size divides."""
    values: dict[str, object] = {
        "name": "tiny",
        "title": "Tiny",
        "family": "llama",
        "layers": 2,
        "hidden": 48,
        "heads": 4,
        "kv_heads": 2,
        "head_dim": 16,
        "ffn": 96,
        "vocab": 160,
        "context_tokens": 64,
        "tied_embeddings": True,
        "licence": "none",
        "source": "this test",
        "as_of": date(2026, 11, 23),
    }
    return ModelArchitecture.model_validate(values | changes)


def exact(name: str) -> WeightFormat:
    """A quantized format without rounding of activations (accuracy level 0)."""
    return weight_format(name).model_copy(update={"accuracy_level": 0})


class Runner:
    """The graph in onnxruntime, one sequence, its KV cache carried from pass to pass."""

    def __init__(self, folder: Path) -> None:
        self.model = inspect_folder(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        path = str(self.model.graph_path)
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.float_type = np.float16 if self.model.kv_format == "fp16" else np.float32
        shape = (1, self.model.kv_heads, 0, self.model.head_dim)
        names = self.model.names
        self.pairs = [
            (past.format(layer=layer), present.format(layer=layer))
            for layer in range(self.model.layers)
            for past, present in ((names.past_key, names.present_key), (names.past_value, names.present_value))
        ]
        self.cache = {past: np.zeros(shape, self.float_type) for past, _ in self.pairs}
        self.seen = 0

    def logits(self, tokens: list[int]) -> np.ndarray:
        self.seen += len(tokens)
        feed = {
            "input_ids": np.array([tokens], np.int64),
            "attention_mask": np.ones((1, self.seen), np.int64),
            **self.cache,
        }
        logits, *presents = self.session.run(["logits", *(present for _, present in self.pairs)], feed)
        self.cache = {past: value for (past, _), value in zip(self.pairs, presents, strict=True)}
        assert logits.shape == (1, 1, self.model.vocab)
        return logits[0, 0]


def passes(folder: Path, shape: ModelArchitecture, stored: WeightFormat) -> list[tuple[np.ndarray, np.ndarray]]:
    """Prefill and three decode steps, in the graph and in the reference."""
    build(shape, stored, folder)
    graph, reference = Runner(folder), ReferenceDecoder(folder, shape, stored)
    return [(graph.logits(step), reference.logits(step)) for step in (PROMPT, *([token] for token in ANSWER))]


FAMILIES = {
    "llama": {},
    "llama-untied": {"tied_embeddings": False, "rope_theta": 500000.0},
    "qwen2": {"qkv_bias": True, "rope_theta": 1e6},
    "qwen3": {"qk_norm": True, "head_dim": 32},
    "smollm3": {"unrotated_every": 2},
    "phi-4-mini": {"rotary_share": 0.5, "head_dim": 32},
    "mistral-v0.1": {"sliding_window": 4},
    "gemma2": {
        "activation": "gelu_tanh",
        "post_norms": True,
        "embedding_scaled": True,
        "sliding_window": 4,
        "global_every": 2,
        "attention_softcap": 5.0,
        "logit_softcap": 3.0,
    },
    "gemma3": {
        "activation": "gelu_tanh",
        "post_norms": True,
        "embedding_scaled": True,
        "qk_norm": True,
        "sliding_window": 4,
        "global_every": 2,
        "local_rope_theta": 100.0,
        "rope_theta": 1e6,
    },
}


@pytest.mark.parametrize("family", FAMILIES)
def test_fp32_agrees_with_the_reference_in_prefill_and_decode(tmp_path: Path, family: str) -> None:
    for graph, reference in passes(tmp_path / "m", tiny(**FAMILIES[family]), weight_format("fp32")):
        np.testing.assert_allclose(graph, reference, atol=1e-4)


@pytest.mark.parametrize("family", ["llama", "llama-untied", "qwen2", "qwen3", "gemma3"])
@pytest.mark.parametrize("stored", ["int4", "int4-b64", "int4-b128", "int8"])
def test_quantized_weights_agree_with_the_reference_on_the_dequantized_ones(
    tmp_path: Path, family: str, stored: str
) -> None:
    for graph, reference in passes(tmp_path / "m", tiny(**FAMILIES[family]), exact(stored)):
        np.testing.assert_allclose(graph, reference, atol=1e-3)


@pytest.mark.parametrize("stored", ["int4", "int4-b64", "int4-b128", "int8"])
def test_accuracy_level_4_only_rounds_activations_to_8_bits(tmp_path: Path, stored: str) -> None:
    # Each product rounds its input to 1/127 of the block's largest value; through two layers the logits, of spread
    # one, keep a correlation that any misplaced weight would destroy.
    for graph, reference in passes(tmp_path / "m", tiny(), weight_format(stored)):
        assert np.corrcoef(graph, reference)[0, 1] > 0.995
        np.testing.assert_allclose(graph, reference, atol=0.25)


MIXTURE = {"hidden": 128, "ffn": 128, "experts": 8, "active_experts": 2}
OLMOE = MIXTURE | {"qk_norm": True, "qk_norm_joint": True, "routing_normalised": False, "tied_embeddings": False}
QUANTIZED = ["int4", "int4-b64", "int4-b128", "int8"]
RUNTIME = tuple(map(int, onnxruntime.__version__.split(".")[:2]))
needs_qmoe = pytest.mark.skipif(
    RUNTIME < synthesis.QUANTIZED_EXPERTS_SINCE, reason="this onnxruntime has no block-quantized experts"
)


@pytest.mark.parametrize("changes", [MIXTURE, OLMOE], ids=["normalised", "olmoe"])
@pytest.mark.parametrize("stored", [*(pytest.param(name, marks=needs_qmoe) for name in QUANTIZED), "fp32"])
def test_a_mixture_of_experts_agrees_with_the_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object], stored: str
) -> None:
    # QMoE rounds activations for 8-bit experts at every accuracy level; onnxruntime's own switch turns that off.
    monkeypatch.setenv("ORT_QMOE_CPU_QNBIT_GEMM", "fp32")
    chosen = weight_format(stored) if stored == "fp32" else exact(stored)
    for graph, reference in passes(tmp_path / "m", tiny(**changes), chosen):
        np.testing.assert_allclose(graph, reference, atol=1e-3)


def test_a_mixture_of_experts_in_fp16_agrees_to_its_precision(tmp_path: Path) -> None:
    for graph, reference in passes(tmp_path / "m", tiny(**MIXTURE), weight_format("fp16")):
        assert graph.dtype == np.float16
        np.testing.assert_allclose(graph.astype(np.float64), reference, atol=0.02)


@needs_qmoe
@pytest.mark.parametrize("stored", QUANTIZED)
def test_a_mixture_at_accuracy_level_4_only_rounds_activations(tmp_path: Path, stored: str) -> None:
    # Where the router's rounded logits are nearly equal another expert may be chosen; hence all are active.
    shape = tiny(**MIXTURE | {"active_experts": 8})
    for graph, reference in passes(tmp_path / "m", shape, weight_format(stored)):
        assert np.corrcoef(graph, reference)[0, 1] > 0.995


@needs_qmoe
def test_a_folder_with_experts_says_how_all_its_weights_are_stored(tmp_path: Path) -> None:
    build(tiny(**MIXTURE), weight_format("int4-b64"), tmp_path / "m")
    model = inspect_folder(tmp_path / "m")
    assert (model.weight_bits, model.block_size, model.accuracy_level) == (4, 64, 4)
    check_model_folder(tmp_path / "m")


def test_the_reference_tells_a_wrong_routing_apart(tmp_path: Path) -> None:
    build(tiny(**MIXTURE), weight_format("fp32"), tmp_path / "m")
    graph = Runner(tmp_path / "m").logits(PROMPT)
    for wrong in ({"active_experts": 3}, {"routing_normalised": False}):
        shape = tiny(**MIXTURE | wrong)
        assert (
            np.abs(graph - ReferenceDecoder(tmp_path / "m", shape, weight_format("fp32")).logits(PROMPT)).max() > 1e-2
        )


@pytest.mark.parametrize("family", FAMILIES)
def test_fp16_runs_and_agrees_to_its_precision(tmp_path: Path, family: str) -> None:
    for graph, reference in passes(tmp_path / "m", tiny(**FAMILIES[family]), weight_format("fp16")):
        assert graph.dtype == np.float16
        np.testing.assert_allclose(graph.astype(np.float64), reference, atol=0.02)


def test_reference_tells_a_wrong_architecture_apart(tmp_path: Path) -> None:
    # The comparison has teeth: the same weights read with another rotary base disagree.
    build(tiny(), weight_format("fp32"), tmp_path / "m")
    graph = Runner(tmp_path / "m").logits(PROMPT)
    wrong = ReferenceDecoder(tmp_path / "m", tiny(rope_theta=100.0), weight_format("fp32")).logits(PROMPT)
    assert np.abs(graph - wrong).max() > 1e-2


def fingerprint(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


def test_same_inputs_same_bytes_and_another_seed_other_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        build(tiny(), weight_format("int4"), tmp_path / name, seed=seed)
    a, b, c = (fingerprint(tmp_path / name) for name in "abc")
    assert sorted(a) == ["genai_config.json", "model.onnx", "model.onnx.data"]
    assert a == b
    assert a["model.onnx.data"] != c["model.onnx.data"]


def test_bytes_are_those_of_this_graph_version(tmp_path: Path) -> None:
    # Cached models are found by GRAPH_VERSION: when this digest changes, raise that number as well.
    build(tiny(), weight_format("int4"), tmp_path / "m", seed=1)
    digest = hashlib.sha256((tmp_path / "m" / "model.onnx.data").read_bytes()).hexdigest()
    assert (synthesis.GRAPH_VERSION, digest[:16]) == (1, "b2c6fe55802f8fea")


def test_a_depth_slice_has_fewer_layers_of_the_same_shape(tmp_path: Path) -> None:
    built = build(tiny(layers=6), weight_format("int4"), tmp_path / "m", layers=2)
    model = inspect_folder(tmp_path / "m")
    assert (built.layers, model.layers, model.head_dim, model.vocab) == (2, 2, 16, 160)
    assert np.isfinite(Runner(tmp_path / "m").logits(PROMPT)).all()


def test_the_folder_describes_itself(tmp_path: Path) -> None:
    build(tiny(), weight_format("int4-b64"), tmp_path / "m", max_context_tokens=32)
    model = inspect_folder(tmp_path / "m")
    assert model.layout == "genai"
    assert (model.layers, model.heads, model.kv_heads, model.head_dim) == (2, 4, 2, 16)
    assert (model.vocab, model.context_tokens, model.hidden) == (160, 32, 48)
    assert (model.weight_bits, model.block_size, model.accuracy_level) == (4, 64, 4)
    assert (model.kv_format, model.logits_format) == ("fp32", "fp32")
    assert model.last_logits_only
    assert model.can_share_kv_buffer
    assert model.names.position_ids is None


def test_size_is_what_the_footprint_says(tmp_path: Path) -> None:
    shape = tiny(hidden=128, ffn=512, vocab=8000, head_dim=32)
    built = build(shape, weight_format("int4"), tmp_path / "m", max_context_tokens=64)
    assert built.file_bytes == pytest.approx(weight_bytes(shape, weight_format("int4")), rel=0.15)
    assert built.file_bytes == sum(file.stat().st_size for file in (tmp_path / "m").iterdir())


def test_progress_rises_to_one(tmp_path: Path) -> None:
    shares: list[float] = []
    build(tiny(hidden=128, vocab=8000), weight_format("int4"), tmp_path / "m", on_progress=shares.append)
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.5
    assert shares[-1] == pytest.approx(1.0, abs=0.05)


def test_an_interrupted_build_leaves_nothing(tmp_path: Path) -> None:
    def stop(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tiny(), weight_format("int4"), tmp_path / "m", on_progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_quantized_experts_want_an_onnxruntime_that_runs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    # First-hand: 1.23.2, 1.27.0, 1.29.0 and 1.30.0 refuse the graph, 1.31.1 and 1.32.0 load it.
    monkeypatch.setattr(synthesis.metadata, "version", lambda _package: "1.30.0")
    with pytest.raises(ModelError, match=r"onnxruntime 1\.30 does not run experts.*Install onnxruntime 1\.31 or newer"):
        check_buildable(tiny(**MIXTURE), weight_format("int4"))
    check_buildable(tiny(**MIXTURE), weight_format("fp32"))
    check_buildable(tiny(), weight_format("int4"))
    monkeypatch.setattr(synthesis.metadata, "version", lambda _package: "unknown")
    check_buildable(tiny(**MIXTURE), weight_format("int4"))


def test_refusals_name_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthesis.metadata, "version", lambda _package: "1.32.0")
    with pytest.raises(ModelError, match=r"belongs to llama\.cpp"):
        build(tiny(), weight_format("q4_k_m"), tmp_path / "m")
    with pytest.raises(ModelError, match=r"experts of 128 × 96 cannot be cut into blocks of 64 weights\. .*smaller"):
        build(tiny(**MIXTURE | {"ffn": 96}), weight_format("int4-b64"), tmp_path / "m")
    with pytest.raises(ModelError, match="SiLU only"):
        build(tiny(**MIXTURE, activation="gelu_tanh"), weight_format("fp32"), tmp_path / "m")
    with pytest.raises(ModelError, match="Ask for 1 to 2 layers"):
        build(tiny(), weight_format("int4"), tmp_path / "m", layers=3)
    with pytest.raises(ModelError, match="multiple of 16"):
        build(tiny(head_dim=24), weight_format("int4"), tmp_path / "m")
    (tmp_path / "m").mkdir()
    with pytest.raises(ModelError, match="already exists"):
        build(tiny(), weight_format("int4"), tmp_path / "m")
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="could not be written"):
        build(tiny(), weight_format("int4"), tmp_path / "file" / "m")
