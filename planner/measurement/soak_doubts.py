"""What is doubtful about a soak, each doubt with its size and the next step."""

from __future__ import annotations

from planner import text
from planner.basis import Doubt
from planner.device.facts import PowerSource
from planner.measurement.foreign_cpu import DISTURBING_CPUS
from planner.measurement.readings import RateName
from planner.measurement.runs import RunOutcome
from planner.measurement.soak_summary import SoakSummary, Witness, summarise_soak
from planner.measurement.soaks import Soak

THROTTLED_SHARE = 0.9
"""A device that keeps less of its burst is planned with what it keeps; phones keep 38 to 67 % (measurement.md §2)."""

CLOCK_FELL_SHARE = 0.03  # governors move a steady load's clock by less over minutes

_Found = tuple[str, str, str] | None


def soak_doubts(soak: Soak, summary: SoakSummary | None = None) -> tuple[Doubt, ...]:
    """Every reason to trust this soak less or to plan with less than its burst, the weightiest first."""
    summary = summary or summarise_soak(soak)
    subject = f"{soak.model.name} {soak.weight_format}"
    found = (_ended_early(soak), _slower(summary), _disturbed(summary), _cold(soak), _on_battery(soak))
    return tuple(
        Doubt(kind=kind, sentence=sentence, advice=advice, subject=subject)
        for kind, sentence, advice in (each for each in found if each is not None)
    )


def _ended_early(soak: Soak) -> _Found:
    if soak.outcome not in {RunOutcome.STOPPED, RunOutcome.FAILED}:
        return None
    how = "was stopped" if soak.outcome is RunOutcome.STOPPED else "failed"
    why = f": {soak.message}" if soak.outcome is RunOutcome.FAILED and soak.message else ""
    lasted, planned = text.seconds(soak.lasted_s), text.seconds(soak.planned_s)
    return "StoppedEarly", f"The soak {how} after {lasted} of {planned}{why}.", "Soak again to the end."


def _slower(summary: SoakSummary) -> _Found:
    """Retained share below 0.9 with its whole interval below 1: by heat, unless the clock or other programs say not."""
    share = summary.last_share
    if share is None or share.high is None or share.value >= THROTTLED_SHARE or share.high >= 1:
        return None
    head = f"Throughput fell to {text.quantity(share)} of its burst"
    clock, heat = _witness(summary, "frequency_mhz"), _witness(summary, "temperature_c")
    if _others_came(summary):
        return (
            "SlowedByOthers",
            f"{head} while other programs came to use {_cpus(summary)}.",
            "Close other programs and soak again: this says little about heat.",
        )
    if clock.at_first and clock.at_last and clock.at_last > clock.at_first * (1 - CLOCK_FELL_SHARE):
        return (
            "SlowerWhenSustained",
            f"{head} though the clock stayed at {_mhz(clock.at_last)}, so it was not slowed down by heat.",
            "Look for memory shared with other machines or programs; plan with the lower figure until it is known.",
        )
    if clock.at_first and clock.at_last:
        why = f"; the clock went from {_mhz(clock.at_first)} to {_mhz(clock.at_last)} meanwhile"
    else:
        why = "; the clock cannot be read here, so heat is the likely reason and not a proven one"
    warmth = f", and it was {text.number(heat.at_last)} °C warm at the end" if heat.at_last is not None else ""
    return (
        "ThermalThrottling",
        f"{head}{why}{warmth}.",
        "Plan with the sustained figure; check cooling and power mode and soak again.",
    )


def _disturbed(summary: SoakSummary) -> _Found:
    last = _witness(summary, "foreign_cpus").at_last
    if last is None or last <= DISTURBING_CPUS:
        return None
    return (
        "Disturbed",
        f"Other programs used {_cpus(summary)} in the final third, more than {text.number(DISTURBING_CPUS)}.",
        "Close other programs and soak again: the device is probably faster than shown.",
    )


def _cold(soak: Soak) -> _Found:
    if soak.is_warm is not False:
        return None
    return (
        "NotWarm",
        "The decode rate still moved when the warm-up's time was up, so the burst may hold some of it.",
        "Soak again, right after this.",
    )


def _on_battery(soak: Soak) -> _Found:
    on_battery = soak.conditions.power_source == PowerSource.BATTERY
    if not on_battery and not any(each.on_battery for each in soak.readings):
        return None
    return "OnBattery", "The device ran on battery.", "Soak on mains power too if it is used there."


def _others_came(summary: SoakSummary) -> bool:
    others = _witness(summary, "foreign_cpus")
    return others.at_last is not None and others.at_last - (others.at_first or 0.0) > DISTURBING_CPUS


def _witness(summary: SoakSummary, name: RateName) -> Witness:
    return next(each for each in summary.witnesses if each.name == name)


def _cpus(summary: SoakSummary) -> str:
    busy = text.number(_witness(summary, "foreign_cpus").at_last, 2)
    return f"{busy} {'CPU' if busy == '1' else 'CPUs'}"


def _mhz(clock_mhz: float) -> str:
    return f"{text.number(clock_mhz / 1000)} GHz"
