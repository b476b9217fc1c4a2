"""A machine's facts in words: the one table that command line, report and window share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from planner import text
from planner.basis import Basis, Fact
from planner.device.facts import Cache, DeviceFacts, ExecutionProvider
from planner.device.machine_reading import NO_LIMIT
from planner.documents import Frozen

T = TypeVar("T")


class FactRow(Frozen):
    """One line of the table of facts."""

    group: str
    label: str
    value: str
    basis: Basis | None  # None where the value is unknown, or is a finding rather than a fact
    source_or_reason: str


def fact_rows(facts: DeviceFacts) -> tuple[FactRow, ...]:
    """Every fact with its basis and source, unknown ones with the reason, in the order of the page."""
    return tuple(_rows(facts))


def _rows(facts: DeviceFacts) -> Iterator[FactRow]:
    cpu, memory, power = facts.cpu, facts.memory, facts.power
    yield _row("Machine", "Model", facts.machine)
    yield _row("Machine", "Operating system", facts.os)
    yield _row("Machine", "Kernel", facts.kernel)
    yield _row("Machine", "Virtual machine", facts.virtualised, _yes)
    yield _row("Machine", "Hypervisor", facts.hypervisor)
    yield _row("Machine", "Container", facts.container)
    yield _row("Processor", "Model", cpu.model)
    yield _row("Processor", "Vendor", cpu.vendor)
    yield _row("Processor", "Architecture", cpu.architecture)
    yield _row("Processor", "Physical cores", cpu.physical_cores)
    yield _row("Processor", "Logical cores", cpu.logical_cores)
    yield _row("Processor", "Usable cores", cpu.usable_cores, text.number)
    yield _row("Processor", "Highest clock", cpu.max_mhz, lambda mhz: text.in_unit(mhz, "MHz"))
    yield _row(
        "Processor",
        "Instruction sets",
        cpu.instruction_sets,
        lambda names: ", ".join(names) or "none of those that matter",
    )
    if cpu.untold_instruction_sets:
        yield FactRow(
            group="Processor",
            label="Instruction sets not told",
            value=text.UNKNOWN,
            basis=None,
            source_or_reason=f"this system cannot be asked about {', '.join(cpu.untold_instruction_sets)}",
        )
    yield _row("Processor", "Caches", cpu.caches, _caches)
    yield _row("Memory", "Total", memory.total_bytes, text.size)
    yield _row("Memory", "Available", memory.available_bytes, text.size)
    yield _limit_row(memory.limit_bytes)
    yield _row("Memory", "Swap", memory.swap_bytes, _swap)
    yield _row("Memory", "Read bandwidth", memory.read_bandwidth_bytes_s, lambda rate: text.in_unit(rate, "B/s"))
    yield from _accelerator_rows(facts)
    for provider in facts.execution_providers:
        yield FactRow(
            group="Execution providers",
            label=provider.name,
            value=_verdict(provider),
            basis=Basis.MEASURED if provider.usable else None,
            source_or_reason=provider.reason if provider.runtime is None else _in_runtime(provider),
        )
    yield _row("Power", "Source", power.source, lambda source: {"ac": "mains", "battery": "battery"}[source.value])
    yield _row("Power", "Battery charge", power.battery_percent, lambda percent: text.share(percent / 100))
    yield _row("Power", "Battery capacity", power.battery_wh, lambda energy: text.in_unit(energy, "Wh"))
    yield _row("Power", "Mode", power.mode)


def _limit_row(limit: Fact[int]) -> FactRow:
    """That no limit is set is knowledge, though there is no figure."""
    row = _row("Memory", "Limit", limit, text.size)
    return row.model_copy(update={"value": "none"}) if limit.reason == NO_LIMIT else row


def _accelerator_rows(facts: DeviceFacts) -> Iterator[FactRow]:
    for place, one in enumerate(facts.accelerators, start=1):
        what = one.kind.value.upper() + (f" {place}" if len(facts.accelerators) > 1 else "")
        yield _row("Accelerators", what, one.name)
        yield _row("Accelerators", f"{what} vendor", one.vendor)
        yield _row("Accelerators", f"{what} memory", one.memory_bytes, text.size)
        yield _row("Accelerators", f"{what} driver", one.driver)
        yield _row("Accelerators", f"{what} integrated", one.integrated, _yes)
    if not facts.accelerators or facts.accelerators_unread:
        yield FactRow(
            group="Accelerators",
            label="Others" if facts.accelerators else "GPU or NPU",
            value="none seen",
            basis=None,
            source_or_reason="; ".join(facts.accelerators_unread) or "every reader looked",
        )


def _row(group: str, label: str, value: Fact[T], words: Callable[[T], str] = str) -> FactRow:
    if value.value is None:
        return FactRow(group=group, label=label, value=text.UNKNOWN, basis=None, source_or_reason=value.reason or "")
    return FactRow(group=group, label=label, value=words(value.value), basis=value.basis, source_or_reason=value.source)


def _caches(caches: tuple[Cache, ...]) -> str:
    """«L1 data 32 KiB, L3 32 MiB shared by 2 cores»."""
    return ", ".join(
        f"L{one.level}{'' if one.kind == 'unified' else f' {one.kind}'} {text.size(one.size_bytes)}"
        + (f" shared by {one.shared_by_cores} cores" if (one.shared_by_cores or 1) > 1 else "")
        for one in caches
    )


def _swap(size_bytes: int) -> str:
    return text.size(size_bytes) if size_bytes else "none"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _in_runtime(provider: ExecutionProvider) -> str:
    return f"{provider.reason} (runtime {provider.runtime})"


def _verdict(provider: ExecutionProvider) -> str:
    if provider.usable:
        return "usable"
    return text.UNKNOWN if provider.reason.startswith(text.UNKNOWN) else "not usable"
