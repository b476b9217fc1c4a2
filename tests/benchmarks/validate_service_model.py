"""How far the service model is from published throughput: as bundled, with models left out, with accelerators left out.

By hand: `python -m tests.benchmarks.validate_service_model`, with the shared facts beside the checkout. `--fit` prints
the constants that a fit to the published rows gives, in the form of `fitted.toml`; nothing is written.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import fmean, median

import numpy as np
from scipy.optimize import least_squares

from planner.errors import PlannerError
from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.service.hosted.accelerators import AcceleratorSpec, accelerator_spec
from planner.service.hosted.closed_loop import TTFT_ERROR, closed_loop
from planner.service.hosted.constants import Constants, constants_for, fitted_constants, rates_range
from planner.service.hosted.fitting import SteadyState, fit, predicted_tok_s
from planner.service.hosted.kv_limit import kv_limit
from planner.service.hosted.served_model import served_model
from planner.service.hosted.step_time import Rates, prefill_s, rates, step_s
from tests.benchmarks.cross_check.table import say
from tests.benchmarks.throughput_rows import (
    DATA,
    BestCase,
    CleanTime,
    Row,
    best_cases,
    clean_times,
    published_rows,
    served,
    splitwise_times,
)

TARGET_FITTED, TARGET_SPECS = 0.12, 0.25
LEAST_TRAINING = 8
# JetStream on TPU v5e (2024) and Transformers NeuronX on Inferentia2 (2023), of datacenter_throughput.csv.
OTHER_MAKERS = (
    ("TPU-v5e", "Llama-2-7B", 8, 96, 230, 3663.0, False),
    ("TPU-v5e", "Llama-2-13B", 8, 48, 230, 2056.0, False),
    ("Inferentia2", "Llama-2-13B", 12, 1, 1024, 198.1, True),
    ("Inferentia2", "Llama-2-70B", 12, 1, 256, 18.4, True),
)
TODAY = date(2026, 11, 25)
HEADING = f"{'':<44}{'rows':>6}{'median':>9}{'mean':>8}{'P90':>8}{'bias':>8}{'inside':>8}"


@dataclass(frozen=True)
class Miss:
    """One row beside what the model says of it."""

    row: Row
    value: float  # model/published − 1
    inside: bool  # the published figure lies between the model's bounds


def misses(rows: Iterable[Row], constants: Callable[[Row], Constants]) -> list[Miss]:
    """Every row predicted with the constants it is given."""
    found: list[Miss] = []
    for row in rows:
        reached = rates_range(row.spec, constants(row), row.state.model, row.state.accelerators)
        slow, value, fast = (predicted_tok_s(row.state, each) for each in (reached.slow, reached.value, reached.fast))
        published = row.state.output_tok_s
        found.append(Miss(row, value / published - 1.0, slow <= published <= fast))
    return found


def line(name: str, found: Sequence[Miss], target: float | None = None) -> str:
    """One line of a table."""
    return stats_line(name, [each.value for each in found], [each.inside for each in found], target)


def stats_line(name: str, values: Sequence[float], inside: Sequence[bool] = (), target: float | None = None) -> str:
    """Rows, median, mean and 90th percentile of |error|, the median error with its sign, the share inside."""
    if not values:
        return f"{name:<44}{0:>6}"
    sizes = np.abs(np.array(values))
    share = f"{fmean(inside):>8.0%}" if inside else f"{'':>8}"
    verdict = "" if target is None else f"  {'met' if np.median(sizes) <= target else 'MISSED'} (≤ {target:.0%})"
    return (
        f"{name:<44}{len(values):>6}{np.median(sizes):>9.1%}{sizes.mean():>8.1%}{np.quantile(sizes, 0.9):>8.1%}"
        f"{median(values):>+8.1%}{share}{verdict}"
    )


def grouped(rows: Iterable[Row]) -> dict[tuple[str, str, str, str], list[Row]]:
    """Rows by accelerator, engine, precision and source."""
    groups: dict[tuple[str, str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.group].append(row)
    return dict(sorted(groups.items()))


def bundled(row: Row) -> Constants:
    """The constants Edgewise would take for the row."""
    return constants_for(row.spec, row.engine, row.state.model.precision)


def without(spec: AcceleratorSpec) -> list[Constants]:
    """The bundled rows of all other accelerators."""
    return [each for each in fitted_constants() if each.accelerator != spec.name]


def by_specs(row: Row) -> Constants:
    """What Edgewise would take if nobody had measured this accelerator."""
    return constants_for(row.spec, row.engine, row.state.model.precision, without(row.spec))


def by_neighbours(row: Row, *, engine: bool) -> Constants:
    """What Edgewise would take if this precision, or this engine, had not been measured on the accelerator."""
    model = row.state.model

    def apart(each: Constants) -> bool:
        same = each.accelerator == row.spec.name and each.engine == row.engine
        return not (same and (engine or each.precision is model.precision))

    return constants_for(row.spec, row.engine, model.precision, [each for each in fitted_constants() if apart(each)])


def left_out_models(rows: Sequence[Row], everything: Sequence[Row]) -> list[Miss]:
    """Every model of a group predicted by a fit to the others of its accelerator, engine and source.

    The search starts where it would if nobody had measured the accelerator; in the form of overhead it is bundled with.
    """
    found: list[Miss] = []
    start = by_specs(rows[0])
    start = start.model_copy(update={"t0_layers": bundled(rows[0]).t0_layers})
    for model in sorted({row.model for row in rows}):
        training = [row.state for row in everything if row.model != model and row.family == rows[0].family]
        if len(training) < LEAST_TRAINING:
            continue
        fitted = fit(training, rows[0].spec, start, as_of=TODAY)
        found += misses([row for row in rows if row.model == model], lambda _, fitted=fitted: fitted)
    return found


def show(title: str, lines: Iterable[str]) -> None:
    """A table with its heading."""
    say(f"\n{title}\n{HEADING}")
    for each in lines:
        say(each)


def tables(rows: Sequence[Row]) -> None:
    """Throughput as bundled, by model left out and by accelerator left out."""
    groups = grouped(rows)
    as_bundled = {key: misses(group, bundled) for key, group in groups.items()}
    everything = [each for found in as_bundled.values() for each in found]
    lines = [line(" ".join(key), found, TARGET_FITTED) for key, found in as_bundled.items()]
    show("Throughput with the bundled constants", [*lines, line("all", everything, TARGET_FITTED)])
    models = {row.model for row in rows}
    by_model = [line(model, [each for each in everything if each.row.model == model]) for model in sorted(models)]
    show("The same by model", by_model)
    counts = sorted({row.state.accelerators for row in rows})
    show(
        "The same by accelerators in the replica",
        [line(str(n), [each for each in everything if each.row.state.accelerators == n]) for n in counts],
    )
    held = {key: left_out_models(group, rows) for key, group in groups.items()}
    lines = [line(" ".join(key), found, TARGET_FITTED) for key, found in held.items()]
    show(
        "One model left out of the fit",
        [*lines, line("all", [each for found in held.values() for each in found], TARGET_FITTED)],
    )
    apart = {key: misses(group, by_specs) for key, group in groups.items()}
    lines = [line(" ".join(key), found, TARGET_SPECS) for key, found in apart.items()]
    everywhere = [each for found in apart.values() for each in found]
    show(
        "One accelerator left out: known by its data sheet only",
        [
            *lines,
            line("NVIDIA", [each for each in everywhere if each.row.spec.maker == "NVIDIA"], TARGET_SPECS),
            line("AMD", [each for each in everywhere if each.row.spec.maker == "AMD"], TARGET_SPECS),
            line("all", everywhere, TARGET_SPECS),
        ],
    )

    near: list[str] = []
    for name, engine in (("precision", False), ("engine", True)):
        for key, group in groups.items():
            known = by_neighbours(group[0], engine=engine)
            if known.known == name:
                found = misses(group, lambda _, known=known: known)
                near.append(line(f"{name}: {' '.join(key)}", found, TARGET_SPECS))
    show("Another precision or engine of the accelerator", near)


def latencies(rows: Sequence[Row]) -> None:
    """TPOT and TTFT of closed loops, with the bundled constants."""
    lines: list[str] = []
    for key, group in grouped(row for row in rows if row.tpot_s is not None).items():
        tpot: list[float] = []
        ttft: list[float] = []
        tpot_inside: list[bool] = []
        ttft_inside: list[bool] = []
        for row in group:
            state, model = row.state, row.state.model
            reached = rates_range(row.spec, bundled(row), model, state.accelerators)
            slow, value, fast = (
                closed_loop(model, each, state.in_flight, state.input_tokens, state.output_tokens)
                for each in (reached.slow, reached.value, reached.fast)
            )
            if row.tpot_s is not None:
                tpot.append(value.tpot_s / row.tpot_s - 1)
                tpot_inside.append(fast.tpot_s <= row.tpot_s <= slow.tpot_s)
            if row.ttft_s is not None:
                ttft.append(value.ttft_s / row.ttft_s - 1)
                ttft_inside.append(fast.ttft_range_s[0] <= row.ttft_s <= slow.ttft_range_s[1])
        lines += [
            stats_line(f"TPOT {' '.join(key)}", tpot, tpot_inside),
            stats_line(f"TTFT {' '.join(key)} (± {TTFT_ERROR:.0%})", ttft, ttft_inside),
        ]
    show("Latency in closed loops", lines)


def best_case_lines(cases: Iterable[BestCase]) -> list[str]:
    """Vendors' largest throughput with as many in flight as memory holds, at most 2,048."""
    found: dict[str, list[float]] = defaultdict(list)
    inside: dict[str, list[bool]] = defaultdict(list)
    for case in cases:
        model = served(case.model, case.precision)
        limit = kv_limit(model, case.spec.memory_bytes, case.accelerators, case.input_tokens, case.output_tokens)
        if not limit.fits:
            continue
        known = constants_for(case.spec, case.engine, model.precision)
        reached = rates_range(case.spec, known, model, case.accelerators)
        slow, value, fast = (
            closed_loop(model, each, min(limit.requests, 2048), case.input_tokens, case.output_tokens).output_tok_s
            for each in (reached.slow, reached.value, reached.fast)
        )
        name = f"{case.source} {case.spec.name} {case.precision} ({known.known})"
        found[name].append(value / case.output_tok_s - 1)
        inside[name].append(slow <= case.output_tok_s <= fast)
    return [stats_line(name, values, inside[name]) for name, values in sorted(found.items())]


def splitwise_lines() -> list[str]:
    """Decode steps and prefills of Splitwise, which no constant was fitted to (vLLM of 2023)."""
    steps: dict[tuple[str, str], list[float]] = defaultdict(list)
    prompts: dict[tuple[str, str], list[float]] = defaultdict(list)
    for each in splitwise_times():
        model = served(each.model, "fp16")
        spec = accelerator_spec(each.accelerator)
        known = constants_for(spec, "vllm", model.precision)
        reached = rates_range(spec, known, model, each.accelerators).value
        key = (each.accelerator, each.model)
        context = each.input_tokens + each.output_tokens / 2
        steps[key].append(step_s(model, reached, each.batch, context) / each.step_s - 1)
        whole = each.batch * (prefill_s(model, reached, each.input_tokens) - reached.overhead_s) + reached.overhead_s
        prompts[key].append(whole / each.prompt_s - 1)
    return [
        *(stats_line(f"step {' '.join(key)}", values) for key, values in sorted(steps.items())),
        *(stats_line(f"prefill {' '.join(key)}", values) for key, values in sorted(prompts.items())),
    ]


def clean_time_s(each: CleanTime, reached: Rates) -> float:
    """One pass of plain PyTorch by the model."""
    model = served_model(architecture(each.model), weight_format("bf16"))
    if each.prefill:
        return prefill_s(model, reached, each.tokens)
    return step_s(model, reached, each.batch, each.tokens)


def form_lines() -> list[str]:
    """Whether the form of the step time can follow clean passes at all: three constants fitted to them.

    Once with one overhead for every model, once with one that grows with the layers.
    """
    times = clean_times()
    layers = {each.model: architecture(each.model).layers for each in times}
    lines: list[str] = []
    for name, grows in (("one overhead", False), ("overhead of 40 layers", True)):

        def residuals(x: np.ndarray, chosen: Sequence[CleanTime], *, grows: bool = grows) -> np.ndarray:
            errors: list[float] = []
            for each in chosen:
                reached = rates(
                    accelerators=1,
                    bandwidth_bytes_s=3.35e12,
                    flops=989e12,
                    eta_m=math.exp(x[0]),
                    eta_c=math.exp(x[1]),
                    t0_s=x[2] / 1e3 * (layers[each.model] / 40 if grows else 1.0),
                    tau_s=0.0,
                )
                errors.append(math.log(clean_time_s(each, reached) / each.time_s))
            return np.array(errors)

        def solved(chosen: Sequence[CleanTime], residuals: Callable[..., np.ndarray] = residuals) -> np.ndarray:
            begin, bounds = [math.log(0.8), math.log(0.6), 0.3], ([-3.0, -5.0, 0.0], [0.0, 0.0, 50.0])
            return least_squares(residuals, begin, bounds=bounds, args=(chosen,), loss="soft_l1", f_scale=0.1).x

        x = solved(times)
        lines.append(f"{name}: η_m {math.exp(x[0]):.3f}, η_c {math.exp(x[1]):.3f}, t0 {x[2]:.3f} ms")
        for phase, prefill in (("decode steps", False), ("prefills", True)):
            chosen = [each for each in times if each.prefill is prefill]
            lines.append(stats_line(f"  {phase}", list(np.expm1(residuals(x, chosen)))))
        for model in sorted(layers):
            others = solved([each for each in times if each.model != model])
            chosen = [each for each in times if each.model == model]
            lines.append(stats_line(f"  left out: {model}", list(np.expm1(residuals(others, chosen)))))
    return lines


def other_maker_lines() -> list[str]:
    """Published rows of accelerators no constant was fitted to; lengths of ShareGPT taken as 230 + 230 tokens."""
    found: dict[str, list[float]] = defaultdict(list)
    inside: dict[str, list[bool]] = defaultdict(list)
    for name, model, count, batch, tokens, published, static in OTHER_MAKERS:
        spec, what = accelerator_spec(name), served(model, "fp16")
        reached = rates_range(spec, constants_for(spec, "", what.precision), what, count)
        state = SteadyState(what, count, batch, tokens, tokens, published, static_batch=static)
        slow, value, fast = (predicted_tok_s(state, each) for each in (reached.slow, reached.value, reached.fast))
        found[name].append(value / published - 1)
        inside[name].append(slow <= published <= fast)
    return [stats_line(name, values, inside[name], TARGET_SPECS) for name, values in found.items()]


def print_fits(rows: Sequence[Row]) -> None:
    """Fitted constants of every group in the form of fitted.toml."""
    for (name, engine, precision, source), group in grouped(rows).items():
        states: list[SteadyState] = [row.state for row in group]
        start = by_specs(group[0]).model_copy(update={"t0_layers": bundled(group[0]).t0_layers})
        fitted = fit(states, group[0].spec, start, as_of=TODAY)
        held = left_out_models(group, rows)
        say(f'\n[[constants]]\naccelerator = "{name}"\nengine = "{engine}"\nprecision = "{precision}"')
        say(f"eta_m = {fitted.eta_m.value:.3f}\neta_c = {fitted.eta_c.value:.4f}")
        say(f"t0_s = {fitted.t0_s.value:.2e}\ntau_s = {fitted.tau_s.value:.2e}")
        say(f"rows = {len(group)}\nmost_accelerators = {fitted.most_accelerators}")
        say(f"median_error = {fitted.median_error or 0.0:.3f}")
        if held:
            say(f"held_out_error = {median(abs(each.value) for each in held):.3f}")
        say(f'source = "{source}"\nas_of = {TODAY}')
        say(f"# {dict(Counter(row.model for row in group))}; bands {fitted.eta_m.bounds} {fitted.eta_c.bounds}")


def main(arguments: Sequence[str]) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--fit", action="store_true", help="print constants fitted to the rows instead")
    options = parser.parse_args(arguments)
    try:
        rows, left_out = published_rows(options.data)
    except FileNotFoundError as error:
        raise PlannerError(f"no calibration rows at {options.data}", remedy="Name their folder with --data.") from error
    if options.fit:
        print_fits(rows)
        return 0
    say(f"{len(rows)} rows kept; left out: {dict(left_out)}")
    tables(rows)
    latencies(rows)
    show("Vendors' best case, requests in flight assumed", best_case_lines(best_cases(options.data)))
    show("Splitwise, vLLM of 2023, bundled constants of today", splitwise_lines())
    show("Accelerators of other makers, by their data sheets", other_maker_lines())
    show("Form of the step time on clean passes of one H100", form_lines())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
