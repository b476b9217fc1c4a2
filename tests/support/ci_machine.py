"""How this project's own machine becomes a reference device: from a profile that `edgewise measure` wrote here.

edgewise measure --model llama-3.2-1b --soak --out build/ci-machine.json
edgewise measure --model qwen2.5-0.5b --contend --out build/ci-machine.json
edgewise measure --model smollm2-135m --model qwen2.5-0.5b --model llama-3.2-1b --quick --out build/ci-machine.json
python -m tests.support.ci_machine build/ci-machine.json
"""

from __future__ import annotations

import sys
from pathlib import Path

from planner.errors import PlannerError
from planner.profiles.assembly import device_title
from planner.profiles.files import load_profile, save_profile
from planner.profiles.profile import DeviceProfile

REFERENCE_FILE = Path(__file__).parents[2] / "device_profiles" / "ci-machine.json"
NOTES = (
    "Measured by this project with edgewise measure: random weights, so speed only. A virtual machine whose neighbours "
    "are unknown; no power was measured, and it has no price."
)


def as_reference(measured: DeviceProfile) -> DeviceProfile:
    """What was measured, slices apart, under the reference device's name; without a run there is none."""
    if not measured.runs:
        raise PlannerError("this profile holds no run", remedy="Measure first: edgewise measure --out FILE.")
    title = f"This project's CI machine, {device_title(measured.facts)}"
    named = {"profile_id": "ci-machine", "title": title, "notes": NOTES}
    return measured.model_copy(update={**named, "figures": (), "slices": ()})


if __name__ == "__main__":
    save_profile(REFERENCE_FILE, as_reference(load_profile(Path(sys.argv[1]))))
