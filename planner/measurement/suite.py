"""Which models a suite of depth slices takes, and how long that will be: said before anything is built."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from planner.errors import PlannerError
from planner.measurement.roofline import RooflinePoint
from planner.measurement.slices import FEWEST_PAIRS, PAIRS, SECONDS, slice_depths, slice_grid
from planner.measurement.stopping import QUICK
from planner.model.architecture import ModelArchitecture
from planner.model.catalog import architecture
from planner.model.footprint import bytes_read_per_token, matmul_parameters, resident_bytes, table_parameters
from planner.model.synthesis import check_buildable, expected_bytes
from planner.model.weight_formats import WeightFormat, weight_format

KV_BYTES = 4
REACHED_SHARE = 0.7  # of a limit that models usually reach (measurement.md §3: 0.6 to 0.97)
START_S = 1.0  # a process with onnxruntime in it
LOADED_BYTES_S = 400e6  # reading and prepacking weights (measurement.md §1: 2.0 GB in 4 s, 86 MB in 0.2 s)
WRITTEN_BYTES_S = 300e6  # building them (measurement.md §1: 2.0 GB in 6.9 s)
CHOOSING_S = 6.0  # of threads


@dataclass(frozen=True)
class SuiteItem:
    """One model that will be sliced, and the seconds it is expected to take."""

    model: str
    weight_format: str
    seconds: float


@dataclass(frozen=True)
class Suite:
    """What will be sliced, and what not, with the reason."""

    items: tuple[SuiteItem, ...]
    left_out: tuple[tuple[str, str], ...]  # «model format», why

    @property
    def seconds(self) -> float:
        """Expected duration of all."""
        return sum(item.seconds for item in self.items)


def suite_of(wanted: Iterable[tuple[str, str]], limits: RooflinePoint, available_bytes: float | None) -> Suite:
    """Those of the wanted (model, weight format) that can be sliced in this memory, in the order given, once each."""
    items: list[SuiteItem] = []
    left_out: list[tuple[str, str]] = []
    for name, format_name in dict.fromkeys(wanted):
        try:
            shape, stored_as = architecture(name), weight_format(format_name)
            check_buildable(shape, stored_as)
            depths = slice_depths(shape, stored_as)
        except PlannerError as refusal:
            left_out.append((f"{name} {format_name}", refusal.what))
            continue
        deep = shape.model_copy(update={"layers": depths[1]})
        needed = resident_bytes(deep, stored_as, slice_grid(deep=True).max_tokens).bounds[1]
        if available_bytes is not None and needed > available_bytes:
            left_out.append((f"{name} {format_name}", "its slices do not fit the free memory"))
            continue
        items.append(SuiteItem(name, format_name, expected_s(shape, stored_as, depths, limits)))
    return Suite(tuple(items), tuple(left_out))


def expected_s(
    shape: ModelArchitecture, stored_as: WeightFormat, depths: Sequence[int], limits: RooflinePoint
) -> float:
    """Seconds of a study of both slices, from the limits of this device: a forecast, good to about a factor of 1.5."""
    pair_s, build_s = 0.0, 0.0
    for layers, is_deep in zip(depths, (False, True), strict=True):
        part = shape.model_copy(update={"layers": layers})
        file_bytes = expected_bytes(shape, stored_as, layers)
        build_s += file_bytes / WRITTEN_BYTES_S
        pair_s += START_S + file_bytes / LOADED_BYTES_S + _grid_s(part, stored_as, limits, deep=is_deep)
    pairs = PAIRS if pair_s * PAIRS <= SECONDS else max(FEWEST_PAIRS, int(SECONDS / pair_s))
    return build_s + CHOOSING_S + pairs * pair_s


def _grid_s(part: ModelArchitecture, stored_as: WeightFormat, limits: RooflinePoint, *, deep: bool) -> float:
    grid = slice_grid(deep=deep)
    kernel = limits.flop_s(stored_as.name) or (limits.fastest.flop_s if limits.fastest else None)
    flop_s = kernel.value * REACHED_SHARE if kernel else 50e9
    step_s = bytes_read_per_token(part, stored_as, 512, KV_BYTES) / (limits.read_bytes_s.value * REACHED_SHARE)
    prefill_s = sum(_prefill_operations(part, tokens) for tokens in (grid.lengths[0], *grid.lengths)) / flop_s
    return prefill_s + len(grid.context_tokens) * grid.decode_steps * step_s + QUICK.warm_up_limit_s / 2


def _prefill_operations(part: ModelArchitecture, tokens: int) -> float:
    """Layers for every token, their attention over half of all pairs, the output layer for the last token alone."""
    table = table_parameters(part)
    attention = 2.0 * part.layers * part.query_width * tokens**2
    return 2.0 * (matmul_parameters(part) - table) * tokens + 2.0 * table + attention
