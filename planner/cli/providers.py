"""Which execution providers `--ep` means, and how several of them are shown side by side."""

from __future__ import annotations

from collections.abc import Sequence

from planner import text
from planner.cli.console import Column, say, say_heading, say_table
from planner.device.facts import DeviceFacts, ExecutionProvider
from planner.errors import MeasurementError, UnknownNameError
from planner.measurement.node_placement import in_words
from planner.measurement.provider_names import CPU_PROVIDER, OPENVINO_DEVICES, OPENVINO_PROVIDER, parted, spelled
from planner.profiles.performance import performances
from planner.profiles.profile import DeviceProfile
from planner.profiles.providers import ProviderComparison, ProviderRow, winners

ALL = "all"
SUFFIX = "ExecutionProvider"

Chosen = tuple[str, str | None]
"""An execution provider as requests spell it, and the registered runtime that holds it (None: our own)."""

COLUMNS = (
    Column("Execution provider"),
    Column("Runtime"),
    Column("Prefill", numeric=True),
    Column("Decode", numeric=True),
    Column("J/token", numeric=True),
    Column("Peak memory", numeric=True),
)


def chosen_providers(words: str | None, facts: DeviceFacts) -> tuple[Chosen, ...]:
    """The provider named («cpu», «openvino:gpu», «OpenVINOExecutionProvider»), every usable one for «all», else CPU."""
    if words is None:
        return ((CPU_PROVIDER, None),)
    if words.lower() == ALL:
        usable = [row for row in facts.execution_providers if row.usable]
        return tuple((name, row.runtime) for row in usable for name in _every_device(row))
    name, _, device = words.partition(":")
    row = _row(name, facts)
    if device and (row.name != OPENVINO_PROVIDER or device.upper() not in OPENVINO_DEVICES):
        raise UnknownNameError(
            f"{row.name} has no device {device!r} to choose", remedy=f"OpenVINO has {', '.join(OPENVINO_DEVICES)}."
        )
    if not row.usable:
        raise MeasurementError(f"{row.name} is not usable here: {row.reason}", where="--ep")
    return ((spelled(row.name, device.upper()) if device else row.name, row.runtime),)


def show_providers(profile: DeviceProfile) -> None:
    """Models that were measured on more than one provider, with who is ahead."""
    nodes = {run.run_id: run.nodes for run in profile.runs}
    for one in winners(performances(profile), nodes=nodes):
        say_heading(f"{one.model} {one.weight_format}: execution providers side by side")
        say_table(COLUMNS, [_cells(row) for row in one.rows])
        for words in (*_verdicts(one), *_placements(one)):
            say(f"· {words[:1].upper()}{words[1:]}.")


def _row(name: str, facts: DeviceFacts) -> ExecutionProvider:
    wanted = name.lower().removesuffix(SUFFIX.lower())
    rows = [row for row in facts.execution_providers if row.name.lower().removesuffix(SUFFIX.lower()) == wanted]
    if rows:  # several runtimes may hold it: the first that can use it
        return next((row for row in rows if row.usable), rows[0])
    known = ", ".join(row.name.removesuffix(SUFFIX).lower() for row in facts.execution_providers)
    raise UnknownNameError(f"no execution provider is called {name!r}", remedy=f"Known: {known}, or {ALL}.")


def _every_device(row: ExecutionProvider) -> Sequence[str]:
    """OpenVINO runs a model on one of its devices; other providers have no devices in their name."""
    if row.name != OPENVINO_PROVIDER:
        return (row.name,)
    seen = {device.upper() for device in row.devices}
    devices = [device for device in OPENVINO_DEVICES if any(device in words for words in seen)]
    return [spelled(row.name, device) for device in devices] or [row.name]


def _verdicts(one: ProviderComparison) -> tuple[str, ...]:
    return tuple(
        verdict.sentence[:1].upper() + verdict.sentence[1:] for verdict in (one.prefill, one.decode, one.energy)
    )


def _placements(one: ProviderComparison) -> tuple[str, ...]:
    """Where the graph's nodes really ran, a sentence a provider."""
    return tuple(
        in_words(row.nodes) if row.nodes else f"Where the nodes of {row.label} ran is unknown" for row in one.rows
    )


def _cells(row: ProviderRow) -> tuple[str, ...]:
    name, device = parted(row.execution_provider)
    return (
        name.removesuffix(SUFFIX) + (f", {device}" if device else ""),
        row.runtime,
        text.quantity(row.prefill.tok_s) if row.prefill else text.UNKNOWN,
        text.quantity(row.decode.tok_s) if row.decode else text.UNKNOWN,
        text.quantity(row.j_per_tok),
        text.quantity(row.peak_memory_bytes, interval=False),
    )
