"""A user's GGUF file or config.json names the exact architecture, the catalogue's own where it is one of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.errors import ModelError, PlannerError
from planner.model.architecture import ModelArchitecture
from planner.model.catalog import architecture, architectures
from planner.model.footprint import parameters
from planner.model.named_by_file import named_by_file, names_an_architecture
from planner.model.synthesis import build
from planner.model.weight_formats import weight_format
from tests.support.architectures import TINY
from tests.support.gguf_files import gguf_bytes, gguf_of

F16, Q4_0 = 1, 2


def gguf(folder: Path, shape: ModelArchitecture, *, matrices: int = F16, **keys: Any) -> Path:
    metadata, tensors = gguf_of(shape, matrices=matrices)
    path = folder / "file.gguf"
    path.write_bytes(gguf_bytes({key: value for key, value in (metadata | keys).items() if value != ""}, tensors))
    return path


def config_of(shape: ModelArchitecture) -> dict[str, Any]:
    """The keys transformers writes for such a model."""
    return {
        "_name_or_path": f"someone/{shape.name}",
        "model_type": shape.family,
        "hidden_size": shape.hidden,
        "intermediate_size": 4 * shape.ffn if shape.family == "qwen3_moe" else shape.ffn,
        "moe_intermediate_size": shape.ffn if shape.family == "qwen3_moe" else None,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": shape.head_dim,
        "vocab_size": shape.vocab,
        "max_position_embeddings": shape.context_tokens,
        "rms_norm_eps": shape.norm_eps,
        "rope_theta": int(shape.rope_theta),
        "partial_rotary_factor": shape.rotary_share,
        "tie_word_embeddings": shape.tied_embeddings,
        "hidden_act": "gelu_pytorch_tanh" if shape.activation == "gelu_tanh" else "silu",
        "sliding_window": shape.sliding_window,
        "num_local_experts": shape.experts if shape.family in {"mixtral", "granitemoe"} else None,
        "num_experts": shape.experts if shape.family in {"qwen3_moe", "olmoe"} else None,
        "num_experts_per_tok": shape.active_experts,
        "no_rope_layer_interval": shape.unrotated_every,
        "torch_dtype": "bfloat16",
        "tokenizer_class": "SomethingElse",
    }


def config(folder: Path, shape: ModelArchitecture = TINY, **changes: Any) -> Path:
    path = folder / "config.json"
    path.write_text(
        json.dumps({key: value for key, value in (config_of(shape) | changes).items() if value is not None})
    )
    return path


@pytest.mark.parametrize("known", architectures(), ids=lambda known: known.name)
def test_every_catalogue_model_is_recognised_by_its_gguf_file(tmp_path: Path, known: ModelArchitecture) -> None:
    named = named_by_file(gguf(tmp_path, known))
    assert named.in_catalogue
    assert named.architecture == known
    assert named.parameters == parameters(known)


@pytest.mark.parametrize("known", architectures(), ids=lambda known: known.name)
def test_every_catalogue_model_is_recognised_by_its_config(tmp_path: Path, known: ModelArchitecture) -> None:
    assert named_by_file(config(tmp_path, known)).architecture == known


def test_a_shape_of_its_own_keeps_its_own_name_and_can_be_built(tmp_path: Path) -> None:
    for path in (gguf(tmp_path, TINY), config(tmp_path, TINY)):
        named = named_by_file(path)
        assert not named.in_catalogue
        assert named.architecture.name == "tiny"
        shape = {"layers": 2, "hidden": 64, "heads": 4, "kv_heads": 2, "head_dim": 16, "ffn": 96, "vocab": 160}
        assert named.architecture.model_dump(include=set(shape)) == shape
        build(named.architecture, weight_format("int4"), tmp_path / path.suffix.lstrip("."))


def test_another_shape_never_takes_a_catalogue_name(tmp_path: Path) -> None:
    other = architecture("smollm2-135m").model_copy(update={"vocab": 50000})
    named = named_by_file(config(tmp_path, other))
    assert (named.in_catalogue, named.architecture.name) == (False, "smollm2-135m-own")


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("Qwen2.5-Coder-1.5B-Instruct/config.json", "qwen2.5-coder-1.5b"),
        ("models--Qwen--Qwen2.5-Coder-1.5B-Instruct/snapshots/2e1fd397/config.json", "qwen2.5-coder-1.5b"),
        ("Qwen--Qwen2.5-Coder-1.5B_config.json", "qwen2.5-coder-1.5b"),
        ("x/config.json", "qwen2.5-1.5b"),
    ],
)
def test_of_models_alike_in_shape_the_one_named_alike_is_meant(tmp_path: Path, place: str, name: str) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    coder = architecture("qwen2.5-coder-1.5b")
    path.write_text(json.dumps({**config_of(coder), "_name_or_path": ""}))
    assert named_by_file(path).architecture.name == name


def test_a_gguf_file_says_how_it_is_stored_and_which_format_here_is_nearest(tmp_path: Path) -> None:
    named = named_by_file(gguf(tmp_path, TINY, matrices=Q4_0, **{"general.file_type": 15}))
    assert (named.stored_as, named.stored_bits_per_weight, named.weight_format) == ("Q4_K_M", 4.5, "int4-b64")
    assert "4.50 bits a weight, int4-b64 as built here 4.5" in named.notes[-1]
    floats = named_by_file(gguf(tmp_path, TINY, matrices=F16, **{"general.file_type": 4}))  # 4 was retired
    assert (floats.stored_as, floats.weight_format) == ("F16", "fp16")
    unknown = named_by_file(gguf(tmp_path, TINY, matrices=77, **{"general.file_type": ""}))
    assert (unknown.stored_as, unknown.stored_bits_per_weight, unknown.weight_format) == (None, None, None)


def test_a_config_says_how_it_is_stored_and_suggests_no_format(tmp_path: Path) -> None:
    named = named_by_file(config(tmp_path))
    assert (named.stored_as, named.stored_bits_per_weight, named.weight_format) == ("bfloat16", None, None)
    named = named_by_file(config(tmp_path, quantization_config={"quant_method": "awq", "bits": 4, "zero_point": True}))
    assert named.stored_as == "awq 4-bit"


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ({"general.architecture": "mamba"}, "family 'mamba' cannot be represented"),
        ({"general.architecture": ""}, "does not state general.architecture"),
        ({"split.count": 3}, "one part of a split model.*llama-gguf-split"),
        ({"llama.attention.head_count": [4, 2]}, "differs from layer to layer"),
        ({"llama.attention.head_count": -1.5}, "head_count is -1.5, not a count"),
        ({"llama.block_count": 10**6}, "block_count is 1000000, not a count from 1 to 1,000"),
        ({"llama.attention.value_length": 32}, "keys and values differ"),
        ({"llama.attention.layer_norm_epsilon": 1e-5}, "LayerNorm"),
        ({"llama.expert_shared_count": 1}, "shared by all tokens"),
        ({"llama.rope.dimension_count": 32}, "rotary_share"),
        ({"llama.rope.freq_base": -1.0}, "freq_base is -1.0, not a positive number"),
        ({"llama.embedding_length": ""}, "does not state llama.embedding_length"),
        ({"llama.feed_forward_length": 128}, "its tensors hold .* weights, the shape it states has"),
    ],
)
def test_a_gguf_file_that_cannot_be_represented_is_refused(
    tmp_path: Path, keys: dict[str, Any], complaint: str
) -> None:
    path = gguf(tmp_path, TINY, **keys)
    with pytest.raises(ModelError, match=complaint) as caught:
        named_by_file(path)
    assert str(path) in caught.value.sentence
    assert caught.value.remedy


def test_a_tensor_without_a_place_is_refused(tmp_path: Path) -> None:
    metadata, tensors = gguf_of(TINY)
    path = tmp_path / "file.gguf"
    for name in ("blk.0.ssm_conv1d.weight", "vision.weight"):
        path.write_bytes(gguf_bytes(metadata, tensors | {name: ((64,), 0)}))
        with pytest.raises(ModelError, match=f"a tensor '{name}' for which"):
            named_by_file(path)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"model_type": "mamba2"}, "family 'mamba2'"),
        ({"model_type": None}, "model_type: this key is missing"),
        ({"hidden_size": None}, "does not state hidden_size"),
        ({"hidden_size": "64"}, "hidden_size"),
        ({"num_hidden_layers": 10**9}, "num_hidden_layers"),
        ({"hidden_act": "relu2"}, "its activation is relu2"),
        ({"attention_bias": True}, "have biases"),
        ({"mlp_bias": True}, "feed-forward projections have biases"),
        ({"num_key_value_heads": 3}, "multiple of kv_heads"),
        ({"num_local_experts": 8}, "known as dense"),
        ({"model_type": "mistral", "num_key_value_heads": None}, "does not state num_key_value_heads"),
        ({"model_type": "qwen2", "use_sliding_window": True, "sliding_window": 64}, "without saying which"),
        (
            {
                "model_type": "gemma3_text",
                "sliding_window": 64,
                "layer_types": ["sliding_attention", "linear_attention"],
            },
            "linear_attention",
        ),
        (
            {
                "model_type": "gemma2",
                "sliding_window": 64,
                "layer_types": ["full_attention", "sliding_attention", "sliding_attention"],
            },
            "irregularly",
        ),
        ({"model_type": "smollm3", "no_rope_layers": [0, 1, 1]}, "irregularly"),
        ({"model_type": "olmoe", "num_experts": 4, "num_experts_per_tok": 9}, "more active experts"),
        ({"model_type": "qwen3_moe", "num_experts": 4, "num_experts_per_tok": 2, "mlp_only_layers": [0]}, "dense"),
        ({"text_config": {"hidden_size": -1}}, "hidden_size"),
    ],
)
def test_a_config_that_cannot_be_represented_is_refused(
    tmp_path: Path, changes: dict[str, Any], complaint: str
) -> None:
    path = config(tmp_path, **changes)
    with pytest.raises(PlannerError, match=complaint) as caught:
        named_by_file(path)
    assert str(path) in caught.value.sentence
    assert caught.value.remedy


def test_layer_types_say_which_layers_slide(tmp_path: Path) -> None:
    slide, full = "sliding_attention", "full_attention"
    for types, window, every in (
        ([slide, slide, full, slide], 32, 3),
        ([slide, slide, slide, slide], 32, None),
        ([full, full, full, full], None, None),
    ):
        path = config(tmp_path, model_type="gemma3_text", sliding_window=32, layer_types=types, num_hidden_layers=4)
        shape = named_by_file(path).architecture
        assert (shape.sliding_window, shape.global_every) == (window, every)
        assert [shape.slides(layer) for layer in range(4)] == [kind == slide for kind in types]


def test_the_text_part_of_a_model_with_images_is_read(tmp_path: Path) -> None:
    gemma = architecture("gemma-3-4b")
    path = tmp_path / "config.json"
    text = {key: value for key, value in config_of(gemma).items() if value is not None}
    path.write_text(json.dumps({"model_type": "gemma3", "text_config": text, "vision_config": {"hidden_size": 1152}}))
    assert named_by_file(path).architecture == gemma


def test_a_folder_names_a_model_only_without_an_onnx_graph(tmp_path: Path) -> None:
    assert not names_an_architecture(tmp_path)
    with pytest.raises(ModelError, match=r"no config\.json here"):
        named_by_file(tmp_path)
    config(tmp_path)
    assert names_an_architecture(tmp_path)
    assert named_by_file(tmp_path).architecture.name == "tiny"
    (tmp_path / "model.onnx").write_bytes(b"")
    assert not names_an_architecture(tmp_path)
    assert names_an_architecture(tmp_path / "config.json")
    assert names_an_architecture(Path("models") / "x.GGUF")
    assert not names_an_architecture(Path("smollm2-135m"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_value_in_a_config_ends_in_anything_but_a_refusal(tmp_path: Path, data: st.DataObject) -> None:
    plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    value = plain | st.lists(plain, max_size=3) | st.dictionaries(st.text(max_size=4), plain, max_size=3)
    known = data.draw(st.sampled_from([TINY, *architectures()]))
    keys = [*config_of(known), "text_config", "layer_types", "rope_parameters", "no_rope_layers", "use_sliding_window"]
    changes = data.draw(st.dictionaries(st.sampled_from(keys), value, min_size=1, max_size=3))
    path = config(tmp_path, known, **changes)
    try:
        named = named_by_file(path)
    except PlannerError:
        return
    assert named.parameters > 0
