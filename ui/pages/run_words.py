"""What there is to say about one run: from start to steady, limits, energy, rounds, threads, conditions, doubts."""

from __future__ import annotations

from collections.abc import Iterator

from planner import text
from planner.basis import Doubt, Quantity
from planner.measurement.energy.figures import RunEnergy
from planner.measurement.runs import Round, RoundState, Run
from planner.profiles.profile import DeviceProfile
from ui.charts.rounds import Dot
from ui.device_verbs import Witnessed
from ui.pages.device_words import tokens_words
from ui.pages.performance_rows import PerformanceRow
from ui.verbs import Verbs
from ui.widgets.details import Section

STATE_SIGNS = {RoundState.CLEAN: "●", RoundState.DISTURBED: "◆", RoundState.PARTIAL: "○"}


def performance_sections(row: PerformanceRow | None, profile: DeviceProfile, verbs: Verbs) -> tuple[Section, ...]:
    """What there is to say about a line of the table of models."""
    if row is None:
        return ()
    known = row.performance
    points = [(f"prefill of {tokens_words(point)}", text.quantity(point.tok_s)) for point in known.prefill] + [
        (f"decode at {tokens_words(point)}", text.quantity(point.tok_s)) for point in known.decode
    ]
    head = Section(
        row.category,
        (
            ("basis", row.basis_words),
            ("runtime", f"{known.runtime}, {known.execution_provider}"),
            *points,
            ("peak memory", text.quantity(known.peak_memory_bytes)),
            ("memory limit", _limit_words(row)),
        ),
    )
    if row.run is not None:
        return head, *run_sections(row.run, profile, verbs)
    figure = row.decode or row.prefill
    return head, Section("Source", (text.provenance(figure.tok_s if figure else None),))


def run_sections(run: Run, profile: DeviceProfile, verbs: Verbs) -> tuple[Section, ...]:
    """Everything that a run tells, what is doubtful first."""
    limits = profile.roofline
    doubts = (*verbs.doubts(run), *(verbs.device.limit_doubts(run, limits) if limits is not None else ()))
    return (
        Section("Doubts", tuple(doubt_words(doubt) for doubt in doubts) or ("None.",)),
        _from_start(run, verbs),
        _reached(run, profile, verbs),
        _energy(run, verbs),
        Section(_rounds_title(run), tuple(_rounds(run, verbs))),
        _threads(run),
        Section("While it ran", tuple(_meanwhile(run, verbs)) or ("Nothing was read on this system.",)),
        _at_start(run),
    )


def round_dots(run: Run, verbs: Verbs) -> tuple[tuple[Dot, ...], tuple[Dot, ...]]:
    """Decode and prefill of every round, for their charts."""
    decode: list[Dot] = []
    prefill: list[Dot] = []
    for one in run.rounds:
        for tokens, rates in verbs.decode_rates((one,)).items():
            decode.extend(Dot(one.number, f"at {tokens:,}", rate, one.state.value) for rate in rates)
        for tokens, rates in verbs.device.prefill_rates((one,)).items():
            prefill.extend(Dot(one.number, f"of {tokens:,}", rate, one.state.value) for rate in rates)
    return tuple(decode), tuple(prefill)


def doubt_words(doubt: Doubt) -> str:
    """A doubt with its next step."""
    return f"▲ {doubt.sentence} {doubt.advice}"


def _limit_words(row: PerformanceRow) -> str:
    if row.limit is None:
        return f"{text.UNKNOWN}: the device's physical limits are not measured for this execution provider"
    return f"{text.quantity(row.limit.limit_tok_s)}, of which {text.quantity(row.limit.share)} is reached"


def _from_start(run: Run, verbs: Verbs) -> Section:
    """Load, first run and steady state are three different things, and each has its line."""
    summary = verbs.summarise(run)
    warmed = [one for one in run.rounds if one.is_warm is not None]
    warm = sum(bool(one.is_warm) for one in warmed)
    warm_up = f"steady in {warm} of {len(warmed)} rounds" if warmed else "no warm-up was run"
    return Section(
        "From start to steady",
        (
            ("load", text.quantity(summary.load_s)),
            ("first run", text.quantity(summary.first_run_s)),
            ("warm-up", warm_up),
            ("steady, overall TTFT", _overall(summary.overall_ttft_s)),
            ("steady, overall decode", _overall(summary.overall_decode_tok_s)),
        ),
    )


def _overall(figure: Quantity | None) -> str:
    return text.UNKNOWN if figure is None else f"{text.quantity(figure)}, geometric mean over the lengths"


def _reached(run: Run, profile: DeviceProfile, verbs: Verbs) -> Section:
    limits = profile.roofline
    found = verbs.device.reached(run, limits) if limits is not None else ()
    if not found:
        why = (
            "Not known: the physical limits of this device were not measured yet (Measure ▾, Physical limits only)."
            if limits is None
            else f"Not known: the limits were measured on {limits.execution_provider}."
        )
        return Section("Limits reached", (why,))
    lines = tuple(f"{each.sentence[0].upper()}{each.sentence[1:]} ({text.rate(each.limit.value)})." for each in found)
    return Section("Limits reached", lines)


def _energy(run: Run, verbs: Verbs) -> Section:
    energy = run.energy
    if energy is None:
        return Section("Energy", ("Unknown: no meter was asked when this was measured.",))
    if energy.meter is None:
        return Section("Energy", ("Unknown: no meter could be read.", *_meter_problems(energy)))
    summary = verbs.device.energy(run)
    lines: list[str | tuple[str, str]] = [
        ("meter", f"{energy.meter.name}, {energy.meter.scope.value.replace('_', ' ')}, {energy.meter.basis.value}"),
        ("from", energy.meter.provenance),
        ("at rest", text.quantity(summary.idle_w) if summary.idle_w else f"{text.UNKNOWN}: {energy.idle_reason}"),
    ]
    for phase in summary.phases:
        above = text.quantity(phase.marginal_j_per_tok)
        why = f": {phase.reason}" if phase.reason else ""
        lines += [
            (f"{phase.phase}, above idle", f"{above}{why}"),
            (f"{phase.phase}, with idle", text.quantity(phase.gross_j_per_tok)),
        ]
    return Section("Energy", (*lines, *_meter_problems(energy)))


def _meter_problems(energy: RunEnergy) -> Iterator[str]:
    for problem in energy.problems:
        yield f"{problem.sentence} {problem.remedy}".strip()


def _rounds_title(run: Run) -> str:
    count = len(run.rounds)
    return f"{count} round{'s' if count != 1 else ''}"


def _rounds(run: Run, verbs: Verbs) -> Iterator[str | tuple[str, str]]:
    for one in run.rounds:
        yield _round(one, verbs)
        yield from ((f"round {one.number}", f"▲ {why}") for why in one.disturbances)


def _round(one: Round, verbs: Verbs) -> tuple[str, str]:
    rates = {tokens: values[0] for tokens, values in verbs.decode_rates((one,)).items() if values}
    words = ", ".join(f"{text.rate(rate)} at {tokens:,}" for tokens, rate in rates.items()) or "no decode sample"
    note = f" · {one.note}" if one.note else ""
    return f"{STATE_SIGNS[one.state]} round {one.number}", f"{words} · {one.state.value}{note}"


def _threads(run: Run) -> Section:
    chosen = f"{run.settings.threads}"
    trials = tuple(
        (
            f"{trial.threads} thread{'s' if trial.threads != 1 else ''}",
            f"prefill {text.rate(trial.prefill_tok_s)}, decode {text.rate(trial.decode_tok_s)}",
        )
        for trial in run.settings.thread_trials
    )
    how = "chosen by a short trial" if trials else "told by the user, or the only choice"
    return Section("Threads", (("used", f"{chosen}, {how}"), *trials))


def _meanwhile(run: Run, verbs: Verbs) -> Iterator[str]:
    yield from (f"{words[0].upper()}{words[1:]}" for words in verbs.device.conditions(run).words)
    yield from (_stolen(seen) for seen in verbs.device.meanwhile(run) if seen.name == "steal_share")


def _stolen(seen: Witnessed) -> str:
    highest = text.share(seen.highest)
    if seen.highest == 0:
        return "The hypervisor took no CPU time"
    return f"The hypervisor took {text.share(seen.lowest)} to {highest} of the CPU time, by round"


def _at_start(run: Run) -> Section:
    state = run.conditions
    battery = None if state.battery_percent is None else state.battery_percent / 100
    return Section(
        "When it began",
        (
            ("measured", f"{run.finished_at.astimezone():%d %b %Y, %H:%M}"),
            ("power", f"{state.power_source or text.UNKNOWN}, {state.power_mode or 'mode unknown'}"),
            ("battery", text.share(battery)),
            ("free memory", text.size(state.available_memory_bytes)),
            ("load before", text.number(state.load_average_1min)),
            ("KV cache", f"{run.settings.kv_format}{', shared buffer' if run.settings.shared_kv_buffer else ''}"),
            ("idle threads", "wait actively" if run.settings.spinning else "sleep"),
            ("weights", f"{text.size(run.model.file_bytes)}, {run.model.source.value}"),
            ("outcome", f"{run.outcome.value.replace('_', ' ')}{f': {run.message}' if run.message else ''}"),
        ),
    )
