"""The published rows the spec-sheet shares are fitted to: read, filtered, and every row left out counted."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from planner.model.architecture import ModelArchitecture
from planner.model.catalog import architecture, architectures
from planner.model.footprint import bytes_read_per_token
from planner.model.weight_formats import WeightFormat, weight_format
from planner.prediction.device_classes import ClassConstants, DeviceClass, Share
from planner.prediction.spec_sheet import SpecSheet, decode_step_s, prefill_operations
from tests.benchmarks.spec_sheet_names import FORMATS, FP32_TFLOPS, HAND_ENTERED, MODELS, NPU_TOPS

AS_OF = date(2026, 11, 23)
LEAST_SHARE, MOST_SHARE = 0.02, 1.10  # outside these shares of specified bandwidth a row is a measurement accident


@dataclass(frozen=True)
class Row:
    """One published speed, with the device's specified figures."""

    metric: str  # "decode" or "prefill"
    device: str  # the chip: bins of one chip and several machines of it are one device
    device_class: DeviceClass
    runtime: str
    bandwidth_bytes_s: float
    compute_flops: float | None
    model: ModelArchitecture
    weights: WeightFormat
    tokens: int  # mean context of a decode, prompt of a prefill
    tok_s: float

    def sheet(self, median: float = 1.0, overhead_s: float = 0.0) -> SpecSheet:
        """The device's sheet under constants to try."""
        share = Share(median=median, spread=1.0, devices=1, rows=1)
        constants = ClassConstants(
            device_class=self.device_class,
            runtime=self.runtime,
            title="",
            decode=share,
            overhead_per_layer_s=overhead_s,
            kv_bytes=2,
            source="",
            as_of=AS_OF,
        )
        return SpecSheet(
            title=self.device,
            constants=constants,
            memory_bandwidth_bytes_s=self.bandwidth_bytes_s,
            compute_flops=self.compute_flops,
            source="",
        )

    @property
    def ideal_s(self) -> float:
        """Decode: the step at full bandwidth. Prefill: the prompt at full compute."""
        if self.metric == "decode":
            return decode_step_s(self.sheet(), self.model, self.weights, self.tokens)
        assert self.compute_flops is not None
        return prefill_operations(self.model, self.tokens) / self.compute_flops

    @property
    def taken_s(self) -> float:
        """Seconds of one decode step, or of the whole prefill."""
        return 1 / self.tok_s if self.metric == "decode" else self.tokens / self.tok_s


def read_rows(table: Path) -> tuple[list[Row], Counter[str]]:
    """Usable rows of the collection, and how many were left out for which reason."""
    kept: list[Row] = []
    dropped: Counter[str] = Counter()
    with table.open(encoding="utf-8", newline="") as stream:
        for raw in csv.DictReader(stream):
            found = _row(raw)
            if isinstance(found, str):
                dropped[found] += 1
            else:
                kept.append(found)
    for device, bandwidth, model, weights, tok_s in HAND_ENTERED:
        kept.append(
            Row(
                "decode",
                device,
                DeviceClass.CPU,
                "llama.cpp",
                bandwidth,
                None,
                architecture(model),
                weight_format(weights),
                64,
                tok_s,
            )
        )
    return kept, dropped


def _row(raw: dict[str, str]) -> Row | str:
    """One usable row, or why it is none."""
    reason = _unusable(raw)
    if reason:
        return reason
    model, weights = architecture(_model(raw) or ""), weight_format(FORMATS[raw["precision"]])
    if model.experts:
        return "mixture of experts (checked apart)"
    metric = "decode" if raw["metric"].startswith("decode") else "prefill"
    prompt, context = _lengths(raw)
    tok_s = float(raw["value"])
    if raw["metric"] == "ttft_ms":
        tok_s = prompt / (tok_s / 1000)
    device_class, runtime = _class(raw)
    row = Row(
        metric,
        _device(raw),
        device_class,
        runtime,
        float(raw["mem_bw_gbs"]) * 1e9,
        _compute(raw),
        model,
        weights,
        context if metric == "decode" else prompt,
        tok_s,
    )
    if metric == "prefill":
        return row if row.compute_flops else "prefill: no compute figure for the device"
    read_bytes = bytes_read_per_token(row.model, row.weights, row.tokens, 2)
    reached = read_bytes / (row.bandwidth_bytes_s * row.taken_s)
    return row if LEAST_SHARE <= reached <= MOST_SHARE else "outside 2 … 110 % of specified bandwidth"


def _unusable(raw: dict[str, str]) -> str | None:
    hardware = raw["hardware"]
    checks = (
        (re.search(r" x[248]$", hardware) is not None, "several GPUs: not one device"),
        (raw["batch"] != "1", "batch above one"),
        ("EXCEEDS" in raw["notes"], "larger than the card's memory: partly run on the CPU"),
        (not raw["mem_bw_gbs"], "no specified bandwidth"),
        (_model(raw) is None, "shape not in the model catalogue, so bytes are unknown"),
        (raw["precision"] not in FORMATS, "weight format not in the catalogue, or not stated"),
        (raw["device_class"] == "server-cpu", "server CPU: no class of the edge"),
        ("Arc Graphics" in hardware and raw["runtime"] == "ollama", "ollama has no Intel GPU back end: ran on the CPU"),
        ("Pi 5" in hardware and "4t" not in hardware, "fewer threads than cores"),
        (raw["runtime"] == "genie", "older runtime of a device that has rows of the newer one"),
    )
    return next((reason for fails, reason in checks if fails), None)


def _model(raw: dict[str, str]) -> str | None:
    name = raw["model"].lower()
    for ending in ("-q4_k_m.gguf", ".q4_k_m.gguf", "-q4_0.gguf"):
        name = name.removesuffix(ending)
    known = {model.name for model in architectures()}
    return MODELS.get(name, name if name in known else None)


def _class(raw: dict[str, str]) -> tuple[DeviceClass, str]:
    hardware, runtime = raw["hardware"], raw["runtime"].lower()
    family = next(
        (name for words, name in _RUNTIMES if any(word in runtime for word in words)),
        "llama.cpp",
    )
    for pattern, device_class in _CLASSES:
        if re.search(pattern, f"{raw['device_class']}|{hardware}"):
            return device_class, family
    return DeviceClass.NVIDIA_GPU, family


_RUNTIMES = ((("qairt",), "qnn"), (("openvino",), "openvino"), (("tensorrt",), "tensorrt"), (("vllm",), "vllm"))
_CLASSES = (
    (r"\[npu\]", DeviceClass.NPU),
    (r"\[gpu\]", DeviceClass.MOBILE_GPU),
    (r"\[cpu\]|^sbc", DeviceClass.CPU),
    (r"^apple", DeviceClass.APPLE_GPU),
    (r"A100|H100", DeviceClass.HBM_GPU),
    (r"GB10|Thor|Ryzen|Arc Graph|Arc iGPU", DeviceClass.INTEGRATED_GPU),
    (r"AMD|RX |Arc ", DeviceClass.OTHER_GPU),
)


def _device(raw: dict[str, str]) -> str:
    hardware = raw["hardware"]
    apple = re.search(r"M\d( Pro| Max| Ultra)?", hardware) if raw["device_class"] == "apple" else None
    if apple:
        return apple[0]
    for word, chip in (
        ("GB10", "GB10"),
        ("AI Max", "AI Max 395"),
        ("Pi 5", "BCM2712"),
        ("Orion", "CP8180"),
        ("MS-R1", "CP8180"),
    ):
        if word in hardware:
            return chip
    short = re.sub(r"(?i)nvidia |geforce |amd |radeon | \d+GB|\[.*\]| CRD|Generation", "", hardware).strip()
    return {"A100": "A100 SXM", "H100": "H100 SXM"}.get(short, short)


def _compute(raw: dict[str, str]) -> float | None:
    """FP32 throughput of a GPU's shaders, or an NPU's int8 operations, per second."""
    device = _device(raw)
    if "[npu]" in raw["hardware"]:
        return NPU_TOPS[device] * 1e12 if device in NPU_TOPS else None
    if raw["device_class"] == "apple":
        return float(raw["peak_fp16_tflops"]) * 1e12 if raw["peak_fp16_tflops"] else None  # the column holds FP32 here
    return FP32_TFLOPS[device] * 1e12 if device in FP32_TFLOPS and "[cpu]" not in raw["hardware"] else None


def _lengths(raw: dict[str, str]) -> tuple[int, int]:
    """Prompt tokens and mean context of the row, as its source runs it."""
    source = raw["source"]
    given = int(raw["input_len"]) if raw["input_len"].isdigit() else None
    if source.startswith("Qualcomm"):  # input_len is the context at which speed was taken
        return given or 512, given or 512
    if source.startswith(("OpenVINO", "TensorRT")):
        return given or 1024, given or 1024
    if source.startswith("llmfit"):  # a short prompt, then up to 300 tokens
        return 30, 30 + round(float(raw["output_len"].strip("~") or 300)) // 2
    if source.startswith("geerlingguy"):
        return 30, 180
    if source.startswith("XiongjieDai") and raw["metric"].startswith("decode"):
        return 1, int(raw["output_len"]) // 2
    return given or 512, 64  # llama-bench: 128 tokens from an empty context
