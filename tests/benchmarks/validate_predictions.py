"""How far whole models are from what their depth slices foretold: each foretold in writing, then built and measured.

By hand, on a quiet machine: `python -m tests.benchmarks.validate_predictions --log log.json --out predictions.json`.
Stopped with Ctrl+C and started again with the same --log it goes on where it was: what was foretold once is never
foretold again, and a model that was judged is not measured twice. CONVENTION §17 says what is validated.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from planner import text
from planner.basis import Quantity
from planner.cli.predicted import signed
from planner.device.facts import DeviceFacts
from planner.device.probe import probe
from planner.errors import MeasurementError, PlannerError, StoppedError
from planner.measurement.request import Event, MeasurementRequest, RoundStarted
from planner.measurement.slices import DEEP_TOKENS, SHALLOW_TOKENS, measure_slices
from planner.measurement.supervisor import measure
from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.prediction.accuracy import AccuracyLog, Entry, Judged, Score, judged, scores
from planner.prediction.accuracy_file import load_accuracy, record_predictions, record_run
from planner.prediction.depth_slices import PRIOR
from planner.prediction.predict import predict_from_slices
from planner.prediction.prediction import Method
from planner.profiles.assembly import profile_from, profile_id_of, with_run, with_slices
from planner.profiles.files import load_profile, save_profile
from planner.profiles.profile import DeviceProfile
from tests.benchmarks.cross_check.table import say

DEFAULT_MODELS = (
    "smollm2-360m",
    "qwen2.5-0.5b",
    "llama-3.2-1b",
    "qwen2.5-1.5b",
    "qwen3-1.7b",
    "smollm2-1.7b",
    "llama-3.2-3b",
)
LENGTHS = (256, 768, 1280)
assert not {*LENGTHS} & {*SHALLOW_TOKENS, *DEEP_TOKENS}, "a length the slices were timed at would prove nothing"
PHASES = ("decode", "prefill", "memory")
HEADING = (
    f"{'model':<16}{'phase':<9}{'tokens':>7}{'foretold':>14}{'90 % interval':>26}{'measured':>14}{'error':>10}  inside"
)


@dataclass(frozen=True)
class Validation:
    """What is validated, and where it is written down."""

    facts: DeviceFacts
    weight_format: str
    lengths: tuple[int, ...]
    threads: int | None
    full: bool
    log: Path
    raw: Path

    @property
    def device(self) -> str:
        """What the log calls this machine."""
        return profile_id_of(self.facts)

    def entries(self, model: str) -> list[Entry]:
        """What the log has of a model: the first prediction at each length, which is the one that counts."""
        found: dict[int, Entry] = {}
        for entry in load_accuracy(self.log).entries:
            told = entry.prediction
            named = (told.device, told.model, told.weight_format, told.method)
            if named == (self.device, model, self.weight_format, Method.DEPTH_SLICES):
                found.setdefault(told.context_tokens, entry)
        return [found[length] for length in self.lengths if length in found]

    def is_foretold(self, model: str) -> bool:
        """Whether every length is."""
        return len(self.entries(model)) == len(self.lengths)

    def is_judged(self, model: str) -> bool:
        """Whether every length was measured since it was foretold."""
        return self.is_foretold(model) and all(one.decode and one.prefill for one in self.entries(model))

    def foretell(self, model: str) -> None:
        """Measure both slices and write down what they say, before the whole model exists."""
        request = MeasurementRequest(model=model, weight_format=self.weight_format, threads=self.threads)
        slices = measure_slices(request, self.facts, on_event=say_round)
        told = [
            predict_from_slices(
                slices, self.facts, device=self.device, prompt_tokens=length, context_tokens=length, terms=PRIOR
            )
            for length in self.lengths
        ]
        record_predictions(*told, path=self.log)
        self.keep(with_slices(self.profile(), slices))
        for each in told:
            say(
                f"  foretold at {each.context_tokens:,}: {_words(each.decode_tok_s)} decode, {_words(each.ttft_s)} TTFT"
            )
        for caution in dict.fromkeys(caution for each in told for caution in each.cautions):
            say(f"  mind: {caution}")

    def judge(self, model: str) -> None:
        """Build and measure the whole model with the threads of its slices, and set it beside what was foretold."""
        request = MeasurementRequest(
            model=model,
            weight_format=self.weight_format,
            quick=not self.full,
            threads=self.entries(model)[0].prediction.threads,
            prompt_tokens=self.lengths,
            context_tokens=self.lengths,
        )
        run = measure(request, self.facts, on_event=say_round)
        record_run(self.device, run, path=self.log)
        self.keep(with_run(self.profile(), run))
        say(f"  {len(run.rounds)} rounds, {run.outcome}{f': {run.message}' if run.message else ''}")
        found = [each for each in judged(load_accuracy(self.log)) if (each.model, each.device) == (model, self.device)]
        say_rows(found)

    def profile(self) -> DeviceProfile:
        """Everything raw that was measured so far."""
        return profile_from(self.facts, previous=load_profile(self.raw) if self.raw.exists() else None)

    def keep(self, profile: DeviceProfile) -> None:
        """Keep it."""
        save_profile(self.raw, profile)


def say_round(event: Event) -> None:
    """A line for every process start, without an end until the last."""
    if isinstance(event, RoundStarted):
        say(f"  {datetime.now(UTC):%H:%M:%S} start {event.number} of {event.planned}")


def say_rows(found: Iterable[Judged]) -> None:
    """Each figure foretold beside the measured one."""
    rows = sorted(found, key=lambda one: (one.made_at, PHASES.index(one.phase), one.tokens))
    say(HEADING if rows else "nothing was judged yet")
    for each in rows:
        low, high = (_words(each.predicted.model_copy(update={"value": end})) for end in each.predicted.bounds)
        inside = {True: "yes", False: "NO", None: "no interval"}[each.inside]
        say(
            f"{each.model:<16}{each.phase:<9}{each.tokens:>7,}{_words(each.predicted):>14}{f'{low} … {high}':>26}"
            f"{_words(each.measured):>14}{signed(each.error):>10}  {inside}"
        )


def say_scores(found: Iterable[Score]) -> None:
    """Median and worst error and the share inside, by phase."""
    for score in sorted(found, key=lambda each: PHASES.index(each.phase)):
        say(
            f"{score.phase:<9}{score.count:>3} figures: median error {text.share(score.median_error)}, "
            f"worst {text.share(score.worst_error)}, {text.share(score.inside_share)} inside their 90 % intervals"
        )


def main() -> None:
    """Foretell, measure, judge; print the table, write the JSON."""
    asked = _arguments()
    lengths = LENGTHS[:1] if asked.quick else LENGTHS
    models: Sequence[str] = asked.models[:1] if asked.quick else asked.models
    for name in models:  # a misspelled name is said now, not after hours
        architecture(name)
    weight_format(asked.weight_format)
    asked.log.parent.mkdir(parents=True, exist_ok=True)
    raw = asked.log.with_name(f"{asked.log.stem}-raw.json")
    validation = Validation(probe(), asked.weight_format, lengths, asked.threads, asked.full, asked.log, raw)
    say(f"{validation.device}; log {asked.log}; raw figures {raw}")
    try:
        if asked.order == "slices-first":
            for name in models:
                _attempt(validation, name, foretell=True, judge=False)
        for name in models:
            _attempt(validation, name, foretell=asked.order == "interleaved", judge=True)
    except (KeyboardInterrupt, StoppedError):
        say("\nStopped; the same command goes on from here.")
    ours = [
        each for each in judged(load_accuracy(asked.log)) if each.model in models and each.device == validation.device
    ]
    say("")
    say_rows(ours)
    say("")
    say_scores(scores(ours))
    if asked.out is not None:
        _save(asked.out, validation, models, ours)


def _attempt(validation: Validation, model: str, *, foretell: bool, judge: bool) -> None:
    """What is still to do for a model; one that cannot be measured does not cost the others."""
    if validation.is_judged(model):
        say(f"\n{model}: judged already")
        return
    try:
        if foretell and not validation.is_foretold(model):
            say(f"\n{model}: two slices")
            validation.foretell(model)
        if judge and validation.is_foretold(model):
            say(f"\n{model}: the whole model")
            validation.judge(model)
    except StoppedError:
        raise
    except (MeasurementError, PlannerError) as error:
        say(f"  left out: {error.sentence}")


def _save(path: Path, validation: Validation, models: Sequence[str], found: Sequence[Judged]) -> None:
    """Figures, scores and conditions as one document."""
    log: AccuracyLog = load_accuracy(validation.log)
    document = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "device": validation.device,
        "cpu": validation.facts.cpu.model.value,
        "weight_format": validation.weight_format,
        "lengths": list(validation.lengths),
        "models": list(models),
        "not_judged": [name for name in models if not validation.is_judged(name)],
        "predictions_in_log": len(log.entries),
        "scores": [each.model_dump(mode="json") for each in scores(found)],
        "judged": [each.model_dump(mode="json") for each in found],
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    say(f"written: {path}")


def _words(figure: Quantity | None) -> str:
    return text.UNKNOWN if figure is None else text.quantity(figure, interval=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kept = Path(tempfile.gettempdir()) / "edgewise-validate-predictions" / "log.json"
    parser.add_argument("--models", nargs="+", default=DEFAULT_MODELS, metavar="NAME")
    parser.add_argument("--weight-format", default="int4", metavar="NAME")
    parser.add_argument("--threads", type=int, help="default: a short trial on the deep slice chooses")
    parser.add_argument(
        "--order",
        choices=("interleaved", "slices-first"),
        default="interleaved",
        help="slices right before their own whole model, or the slices of all models before any whole one",
    )
    parser.add_argument(
        "--full", action="store_true", help="measure whole models by the full budget, not the quick one"
    )
    parser.add_argument("--quick", action="store_true", help="try the script: the first model at 256 tokens alone")
    parser.add_argument("--log", type=Path, default=kept, help=f"accuracy log, never the user's own (default {kept})")
    parser.add_argument("--out", type=Path, help="write figures and scores here as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
