"""How a device's speed is shown: figures with intervals, limits beside them, energy, and what is doubtful."""

from __future__ import annotations

from collections.abc import Iterator

from planner import text
from planner.basis import Basis, Doubt, Quantity
from planner.cli.console import Column, say, say_heading, say_table
from planner.measurement.doubts import doubts
from planner.measurement.physical_limits import beats_roofline, disturbed_roofline, reached_by
from planner.profiles.performance import ModelPerformance, RatePoint, performances
from planner.profiles.profile import DeviceProfile

COLUMNS = (
    Column("Model"),
    Column("What"),
    Column("Figure", numeric=True),
    Column("Interval", numeric=True),
    Column("Of the limit", numeric=True),
    Column("Basis"),
)

Shares = dict[tuple[str | None, str, int], str]
"""Share of its limit by run, phase and tokens, in words."""


def show_performance(profile: DeviceProfile) -> None:
    """The limits, the throughput table and what is doubtful about it."""
    known = performances(profile)
    if profile.roofline is not None:
        widest = profile.roofline.points[-1]
        threads = f"{widest.threads} thread{'s' if widest.threads != 1 else ''}"
        say(f"Memory delivers {text.quantity(widest.read_bytes_s)} to {threads}, measured.")
    if not known:
        say("No round was finished, so nothing is known of this machine's speed.")
        return
    shares = _shares(profile)
    say_table(COLUMNS, [cells for one in known for cells in _rows(one, shares)])
    say("Intervals: 95 % of what was measured, 90 % of what is estimated. Of the limit: of what memory (decode) or the")
    say("same kernel (prefill) can deliver. Another runtime may serve the same model faster or slower on this machine.")
    _show_doubts(_doubts(profile, {one.run_id for one in known}))


def _shares(profile: DeviceProfile) -> Shares:
    """Decode against memory; prefill against its own kernel."""
    if profile.roofline is None:
        return {}
    shares: Shares = {}
    for run in profile.runs:
        for one in reached_by(run, profile.roofline):
            shares.setdefault((run.run_id, one.phase, one.tokens), text.share(one.share.value))
    return shares


def _doubts(profile: DeviceProfile, counted: set[str | None]) -> list[Doubt]:
    """Of the runs that lend a figure: an older run of the same model lends no doubt either."""
    runs = [run for run in profile.runs if run.run_id in counted]
    found = [doubt for run in runs for doubt in doubts(run)]
    if profile.roofline is not None:
        for run in runs:
            subject = f"{run.model.name} {run.weight_format}"
            beaten = (beats_roofline(one, subject) for one in reached_by(run, profile.roofline))
            found += [doubt for doubt in beaten if doubt is not None]
        disturbed = disturbed_roofline(profile.roofline)
        found += [disturbed] if disturbed is not None else []
    return found


def _show_doubts(found: list[Doubt]) -> None:
    """One line a doubt; what is doubtful about several models alike is said once."""
    alike: dict[tuple[str, str], list[str]] = {}
    for doubt in found:
        alike.setdefault((doubt.sentence, doubt.advice), []).append(doubt.subject)
    if not alike:
        return
    say_heading(f"Doubts ({len(alike)})")
    for (sentence, advice), subjects in alike.items():
        named = ", ".join(dict.fromkeys(subjects))
        say(f"· {named + ': ' if named else ''}{sentence} {advice}")


def _rows(one: ModelPerformance, shares: Shares) -> Iterator[tuple[str, ...]]:
    """Everything known of one model, its name on the first line only."""

    def share(phase: str, point: RatePoint) -> str:
        return shares.get((one.run_id, phase, point.tokens or 0), "")

    figures = [
        *((f"prefill of {_tokens(point)}", point.tok_s, share("prefill", point)) for point in one.prefill),
        *((f"decode at {_tokens(point)}", point.tok_s, share("decode", point)) for point in one.decode),
        ("load", one.load_s, ""),
        ("peak memory", one.peak_memory_bytes, ""),
        *([("energy of prefill", one.prefill_j_per_tok, "")] if one.prefill_j_per_tok else []),
        ("energy of decode", one.decode_j_per_tok, ""),
    ]
    name = f"{one.model} {one.weight_format}"
    for what, figure, of_limit in figures:
        if one.basis is not Basis.MEASURED and figure is None:
            continue  # a published or foretold model was never loaded here
        based = figure.basis.value if figure else ""
        yield name, what, text.quantity(figure, interval=False), interval_words(figure), of_limit, based
        name = ""
    rounds = f"{one.rounds} {'round' if one.rounds == 1 else 'rounds'}, " if one.rounds else ""
    yield "", f"{rounds}{one.runtime}, {one.execution_provider}", "", "", "", ""


def _tokens(point: RatePoint) -> str:
    return "an unstated context" if point.tokens is None else f"{point.tokens:,} tokens"


def interval_words(figure: Quantity | None) -> str:
    """«29.8 tok/s … 31.9 tok/s», or nothing where there is no interval."""
    if figure is None or figure.low is None or figure.high is None:
        return ""
    return f"{text.in_unit(figure.low, figure.unit)} … {text.in_unit(figure.high, figure.unit)}"
