"""Which accelerators models are served on: memory, bandwidth and peak of one, from its maker's data sheet."""

from __future__ import annotations

import difflib
import re
from datetime import date
from functools import cache
from importlib import resources

from pydantic import Field

from planner.documents import Frozen, from_toml
from planner.errors import DocumentError, UnknownNameError
from planner.service.hosted.served_model import Precision

FOLDER = "constants"
WHERE = f"planner/service/hosted/{FOLDER}/accelerators.toml"
_MAKERS_WORDS = re.compile(r"\b(nvidia|amd|intel|google|cloud|aws)\b")
_WIDER = {Precision.FP4: Precision.FP16, Precision.FP8: Precision.FP16}  # weights alone are kept small, see `computes`


class AcceleratorSpec(Frozen):
    """One accelerator as its maker specifies it; peaks are dense."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$")  # as the bundled price cards call it
    title: str
    maker: str
    interconnect: str  # accelerators of one interconnect share the latency of a synchronisation
    aliases: tuple[str, ...] = ()
    memory_bytes: int = Field(gt=0)  # what the driver offers
    bandwidth_bytes_s: float = Field(gt=0)
    peak_fp16_flops: float = Field(gt=0)  # operations a second
    peak_fp8_flops: float | None = Field(default=None, gt=0)  # None: it has no such arithmetic
    peak_fp4_flops: float | None = Field(default=None, gt=0)
    source: str
    as_of: date
    note: str = ""

    def computes(self, precision: Precision) -> Precision:
        """In which numbers it computes what is stored so: without the arithmetic, weights are widened to 16 bits."""
        return precision if self._peaks[precision] is not None else _WIDER[precision]

    def peak_flops(self, precision: Precision) -> float:
        """Operations a second of the products of weights stored so."""
        return self._peaks[self.computes(precision)] or self.peak_fp16_flops

    @property
    def _peaks(self) -> dict[Precision, float | None]:
        return {
            Precision.FP16: self.peak_fp16_flops,
            Precision.FP8: self.peak_fp8_flops,
            Precision.FP4: self.peak_fp4_flops,
        }


class _SpecFile(Frozen):
    accelerators: tuple[AcceleratorSpec, ...]


@cache
def accelerator_specs() -> tuple[AcceleratorSpec, ...]:
    """Every accelerator that is known."""
    data = resources.files("planner.service.hosted").joinpath(FOLDER, "accelerators.toml").read_bytes()
    return from_toml(data, _SpecFile, where=WHERE).accelerators


def accelerator_spec(name: str) -> AcceleratorSpec:
    """The accelerator a price card, a driver or a user calls so."""
    found = _by_name().get(_plain(name))
    if found is not None:
        return found
    names = [spec.name for spec in accelerator_specs()]
    by_lower = {known.lower(): known for known in names}
    near = [by_lower[each] for each in difflib.get_close_matches(name.lower(), list(by_lower), n=3, cutoff=0.5)]
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Known: {', '.join(names)}."
    raise UnknownNameError(f"no accelerator that serves language models is called {name!r}", remedy=hint)


@cache
def _by_name() -> dict[str, AcceleratorSpec]:
    """Every name, title and alias in its plain spelling."""
    found: dict[str, AcceleratorSpec] = {}
    for spec in accelerator_specs():
        for name in {_plain(each) for each in (spec.name, spec.title, *spec.aliases)}:
            if name in found:
                raise DocumentError(f"{name} means two accelerators", where=WHERE, remedy="Remove an alias.")
            found[name] = spec
    return found


def _plain(name: str) -> str:
    """Letters and digits alone, without the maker: «NVIDIA H100 80GB HBM3» is «h10080gbhbm3»."""
    return re.sub(r"[^a-z0-9]", "", _MAKERS_WORDS.sub("", name.lower()))
