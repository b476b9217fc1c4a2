"""What SkyPilot's names of accelerators mean, and which Google machine an accelerator priced apart belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from planner.prices.kinds.instance import Accelerator

NAMES = {"A100": "A100-40GB", "H100-MEGA": "H100", "H100-SXM": "H100", "A100-80GB-SXM": "A100-80GB"}
"""Accelerators that our cards call by another name."""

CUSTOM = re.compile(r"^(Trainium|Inferentia|Gaudi)")
TPU = re.compile(r"^tpu-(v[2-4]|v5p|v5litepod|v5e|v6e|v7x?)-(\d{1,6})$")
NAMED_BY_CHIPS = frozenset({"v5litepod", "v5e", "v6e"})  # the others' names count cores, two to a chip
CORES_PER_CHIP = 2
MIB_PER_GIB = 1024
LEAST_MIB = 1024  # some catalogs write GiB under the name of MiB
MOST_MIB = 1024 * 1024

GOOGLE_MACHINES: dict[str, tuple[str, float]] = {
    **{f"a2-highgpu-{count}g": ("A100", count) for count in (1, 2, 4, 8)},
    "a2-megagpu-16g": ("A100", 16),
    **{f"a2-ultragpu-{count}g": ("A100-80GB", count) for count in (1, 2, 4, 8)},
    **{f"a3-highgpu-{count}g": ("H100", count) for count in (1, 2, 4, 8)},
    "a3-edgegpu-8g": ("H100", 8),
    "a3-megagpu-8g": ("H100-MEGA", 8),
    "a3-ultragpu-8g": ("H200", 8),
    "a4-highgpu-8g": ("B200", 8),
    **{f"g2-standard-{vcpus}": ("L4", 1) for vcpus in (4, 8, 12, 16, 32)},
    "g2-standard-24": ("L4", 2),
    "g2-standard-48": ("L4", 4),
    "g2-standard-96": ("L4", 8),
}
"""What Google's machine types are sold with (Google Cloud, «GPU machine types»), as SkyPilot names it.

The catalog prices machine and accelerators in rows of their own."""


@dataclass(frozen=True)
class Part:
    """What a row of the catalog sells."""

    sku: str
    accelerator: Accelerator | None
    vcpus: float | None
    memory_gib: float | None
    is_bare: bool = False  # accelerators without the machine they are attached to


@lru_cache(maxsize=10_000)  # rows repeat for every zone
def accelerator_of(name: str, count: float, gpu_info: str) -> Accelerator:
    """The accelerators of a row; a slice of TPU chips is listed as one of itself."""
    slice_of = TPU.match(name)
    if slice_of is not None:
        generation, size = slice_of[1], int(slice_of[2])
        if count != 1:
            raise ValueError(f"{count:g} slices {name} in one row")
        chips = size if generation in NAMED_BY_CHIPS else size / CORES_PER_CHIP
        return Accelerator(name=f"TPU-{_generation(generation)}", count=chips, custom_silicon=True)
    if name.lower().startswith("tpu"):
        raise ValueError(f"how many chips {name} has is not known here")
    return Accelerator(
        name=NAMES.get(name, name),
        count=count,
        memory_gib=_memory_gib(gpu_info),
        custom_silicon=CUSTOM.match(name) is not None,
    )


def _generation(name: str) -> str:
    return "v5e" if name == "v5litepod" else name


def _memory_gib(gpu_info: str) -> float | None:
    """Of one accelerator, where the row says so in MiB."""
    stated = re.search(r"'SizeInMiB': (\d{1,7})\b", gpu_info)
    if stated is None or not LEAST_MIB <= int(stated[1]) <= MOST_MIB:
        return None
    return int(stated[1]) / MIB_PER_GIB
