"""How a device profile grows: facts and runs come in, history stays, and nothing personal gets into its name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from planner.basis import known
from planner.device.facts import DeviceFacts
from planner.measurement.contentions import Contention
from planner.measurement.roofline import Roofline
from planner.measurement.runs import Run
from planner.measurement.slice_runs import DepthSlices
from planner.measurement.soaks import Soak
from planner.profiles.profile import DeviceProfile, Ownership
from planner.text import size

UNNAMED = "This device"
ID_WORDS = 8  # enough to tell machines apart, short enough to type
NOISE_WORDS = frozenset({"r", "tm", "c", "cpu", "processor", "with", "core", "cores", "ghz", "inc", "corporation"})
"""Words of processor names that tell no two of them apart."""


def profile_from(
    facts: DeviceFacts,
    runs: Iterable[Run] = (),
    *,
    title: str | None = None,
    ownership: Ownership | None = None,
    previous: DeviceProfile | None = None,
) -> DeviceProfile:
    """The profile of a probed device; a `previous` one lends its name, ownership, figures and earlier runs.

    New facts replace old ones; a run that is already there (same run_id) is replaced by the one given.
    """
    if previous is None:
        name = title or device_title(facts)
        profile = DeviceProfile(profile_id=profile_id_of(facts), title=name, facts=facts)
    else:
        profile = previous.model_copy(update={"facts": facts, "title": title or previous.title})
        if previous.roofline is not None:  # the probe times nothing, so what was timed before still stands
            profile = with_roofline(profile, previous.roofline)
    if ownership is not None:
        profile = with_ownership(profile, ownership)
    for run in runs:
        profile = with_run(profile, run)
    return profile


def with_ownership(profile: DeviceProfile, ownership: Ownership) -> DeviceProfile:
    """The same device with this owner's figures."""
    return profile.model_copy(update={"ownership": ownership})


def with_run(profile: DeviceProfile, run: Run) -> DeviceProfile:
    """The profile with this run among its runs, oldest first; an earlier state of the same run is replaced."""
    others = [each for each in profile.runs if each.run_id != run.run_id]
    runs = sorted([*others, run], key=lambda each: (each.started_at, each.run_id))
    return profile.model_copy(update={"runs": tuple(runs)})


def with_roofline(profile: DeviceProfile, roofline: Roofline) -> DeviceProfile:
    """The profile with these physical limits, which also tell the memory's read bandwidth."""
    widest = roofline.points[-1].read_bytes_s
    read = known(widest.value, f"roofline of {roofline.measured_at.date()}, {roofline.runtime}")
    memory = profile.facts.memory.model_copy(update={"read_bandwidth_bytes_s": read})
    return profile.model_copy(
        update={"roofline": roofline, "facts": profile.facts.model_copy(update={"memory": memory})}
    )


def with_slices(profile: DeviceProfile, slices: DepthSlices) -> DeviceProfile:
    """The profile with this study of depth slices among its own, oldest first."""
    return profile.model_copy(update={"slices": (*profile.slices, slices)})


def with_soak(profile: DeviceProfile, soak: Soak) -> DeviceProfile:
    """The profile with this soak among its own; an earlier state of the same soak is replaced."""
    others = [each for each in profile.soaks if each.soak_id != soak.soak_id]
    return profile.model_copy(update={"soaks": (*others, soak)})


def with_contention(profile: DeviceProfile, contention: Contention) -> DeviceProfile:
    """The profile with this measurement of contention among its own."""
    return profile.model_copy(update={"contentions": (*profile.contentions, contention)})


def device_title(facts: DeviceFacts) -> str:
    """«ThinkPad T14 Gen 5 (AMD Ryzen 7, 31.2 GiB)»: product where known, else the processor; never a host name."""
    cpu = facts.cpu.model.value
    name = facts.machine.value or cpu or UNNAMED
    details = [cpu] if cpu is not None and cpu != name else []
    if facts.memory.total_bytes.value is not None:
        details.append(size(facts.memory.total_bytes.value))
    return f"{name} ({', '.join(details)})" if details else name


def profile_id_of(facts: DeviceFacts) -> str:
    """Machine and processor as lower-case words joined by hyphens: the same machine gets the same name again."""
    words = re.findall(r"[a-z0-9]+", f"{facts.machine.value or ''} {facts.cpu.model.value or ''}".lower())
    distinct = list(dict.fromkeys(word for word in words if word not in NOISE_WORDS))
    return "-".join(distinct[:ID_WORDS]) or "this-device"
