"""`edgewise serve-model`: what an accelerator does with an open model, how much load an SLO allows, and $/Mtok."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from planner.basis import Doubt
from planner.cli.console import messages, say, say_json, tell
from planner.cli.moments import DAY_HINT, day_of
from planner.cli.names import require_writable
from planner.cli.served import as_json as answer_as_json
from planner.cli.served import show_answer, show_refit
from planner.cli.served_capacity import as_toml, capacity_fields
from planner.cli.time_words import time_s
from planner.cost.accelerator_hour import AcceleratorHour, accelerator_hour, offered_hour, own_hour
from planner.cost.served_answer import Serving, served_answer
from planner.errors import ModelError, PlannerError
from planner.model.architecture import ModelArchitecture
from planner.model.catalog import architecture
from planner.model.weight_formats import WeightFormat, weight_format
from planner.prices.rate_cards import all_rate_cards
from planner.service.hosted.accelerators import AcceleratorSpec, accelerator_spec
from planner.service.hosted.batching import MOST_SEQUENCES, PASS_TOKENS
from planner.service.hosted.constants import Constants
from planner.service.hosted.deployment import deployment
from planner.service.hosted.refit import refit
from planner.service.hosted.replica_capacity import REQUESTS, Slo
from planner.service.hosted.request_stream import RequestStream, Tokens, drawn, logged
from planner.service.hosted.served_constants import (
    ServedConstants,
    beyond_sweep,
    constants_for_use,
    load_served_constants,
    save_served_constants,
)
from planner.service.hosted.sweep_files import read_sweep
from planner.workload.request_log import load_request_log

LOG_REQUESTS = 20_000  # simulated of a log; a search over the whole of a long one would take hours
MOST_ACCELERATORS = 72  # one rack of NVL72: no tensor-parallel group is larger
INPUT_TOKENS, OUTPUT_TOKENS = 1024, 256


@dataclass(frozen=True)
class _Load:
    """Who asks."""

    stream: RequestStream
    asked_per_s: float | None = None  # by a log
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True)
class _Machine:
    """What serves, and with whose constants."""

    model: ModelArchitecture
    stored: WeightFormat
    spec: AcceleratorSpec
    count: int
    engine: str


def command(
    *,
    accelerator: Annotated[str, typer.Option("--accelerator", "-a", metavar="NAME", help="As in H100, L40S, MI300X.")],
    model: Annotated[str, typer.Option("--model", "-m", metavar="NAME", help="An architecture («edgewise models»).")],
    count: Annotated[
        int, typer.Option("--count", min=1, max=MOST_ACCELERATORS, help="Accelerators that hold the model together.")
    ] = 1,
    stored: Annotated[
        str, typer.Option("--weight-format", metavar="NAME", help="fp16, bf16, fp8, nvfp4, awq, gptq-int4.")
    ] = "fp16",
    engine: Annotated[str, typer.Option("--engine", metavar="NAME", help="vllm, tensorrt-llm, sglang.")] = "vllm",
    input_tokens: Annotated[
        int | None,
        typer.Option("--input", min=1, max=10**7, help="Tokens of a prompt; default: those of --log, else 1,024."),
    ] = None,
    output_tokens: Annotated[
        int | None,
        typer.Option("--output", min=1, max=10**6, help="Tokens of an answer; default: those of --log, else 256."),
    ] = None,
    most_sequences: Annotated[
        int, typer.Option("--max-num-seqs", min=1, max=65_536, help="Requests the engine runs at once.")
    ] = MOST_SEQUENCES,
    pass_tokens: Annotated[
        int, typer.Option("--max-batched-tokens", min=2, max=10**6, help="Tokens of one pass of the engine.")
    ] = PASS_TOKENS,
    ttft: Annotated[
        str | None, typer.Option("--ttft-p95", metavar="TIME", help="Bound of the time to the first token.")
    ] = None,
    tpot: Annotated[
        str | None, typer.Option("--tpot-p95", metavar="TIME", help="Bound of the time per output token.")
    ] = None,
    e2e: Annotated[str | None, typer.Option("--e2e-p95", metavar="TIME", help="Bound of the whole answer.")] = None,
    ca2: Annotated[
        float | None,
        typer.Option(
            "--ca2", min=0, max=100, help="Burstiness of arrivals: variance of the gaps over their mean squared; 1."
        ),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(
            "--log", metavar="FILE", help="A request log: its own arrivals, tokens and rate («queue --help»)."
        ),
    ] = None,
    price: Annotated[
        float | None,
        typer.Option("--price", min=0.001, max=1e5, help="USD for an hour of one accelerator with its host."),
    ] = None,
    sku: Annotated[
        str | None, typer.Option("--sku", metavar="MACHINE", help="The price of this machine on demand.")
    ] = None,
    region: Annotated[str | None, typer.Option("--region", help="Of --sku, where it is sold in several.")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar=DAY_HINT, help="Prices of that day; today.")] = None,
    utilization: Annotated[
        float | None,
        typer.Option(
            "--utilization", min=0.001, max=1, help="Share of the largest rate that is used; 30, 60 and 100 % shown."
        ),
    ] = None,
    sweep: Annotated[
        list[Path] | None,
        typer.Option(
            "--sweep",
            metavar="FILE|FOLDER",
            help="A load test of this very model and machine: vllm bench serve, guidellm, AIPerf. May be repeated.",
        ),
    ] = None,
    constants: Annotated[
        Path | None, typer.Option("--constants", metavar="FILE", help="Constants that an earlier --sweep wrote.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Keep what --sweep fits in this file.")
    ] = None,
    as_capacity: Annotated[
        bool, typer.Option("--as-capacity", help="Print speeds and service as [[capacities]] of a scenario.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON on stdout.")] = False,
) -> None:
    """One open model on accelerators under continuous batching: throughput against batch, limits, SLO and price.

    A step-time model with four fitted constants per accelerator and engine, a limit of cache memory, and a simulation
    of passes that finds the largest rate of requests. TTFT is a range: no such model knows it better than ± 40 %.
    """
    _require_sense(price=price, sku=sku, region=region, sweep=sweep, constants=constants, out=out)
    day = day_of(on, "--on") or date.today()
    machine = _Machine(architecture(model), weight_format(stored), accelerator_spec(accelerator), count, engine)
    load = _load(machine, input_tokens, output_tokens, ca2, log)
    fitted = _own_constants(machine, sweep, constants, out, day)
    own, doubts = (None, ()) if fitted is None else _used(machine, fitted, load.stream, most_sequences)
    serving = Serving(
        architecture=machine.model,
        weight_format=machine.stored,
        accelerator=machine.spec.name,
        accelerators=count,
        engine=engine,
        stream=load.stream,
        slo=Slo(_bound(ttft, "--ttft-p95"), _bound(tpot, "--tpot-p95"), _bound(e2e, "--e2e-p95")),
        constants=own,
        asked_per_s=load.asked_per_s,
        most_sequences=most_sequences,
        pass_tokens=pass_tokens,
    )
    hour = _hour(machine, price, sku, region, day)
    with _told() as on_step:
        answer = served_answer(serving, hour, None if utilization is None else (utilization,), on_step)
    answer = replace(answer, doubts=(*doubts, *load.doubts, *answer.doubts))
    if as_capacity:
        fields = capacity_fields(answer, sku, region)
        if as_json:
            say_json(fields)
        else:
            say(as_toml(fields, answer))
    elif as_json:
        say_json(answer_as_json(answer, fitted))
    else:
        if fitted is not None and sweep:
            show_refit(fitted)
        show_answer(answer)


def _require_sense(
    *,
    price: float | None,
    sku: str | None,
    region: str | None,
    sweep: list[Path] | None,
    constants: Path | None,
    out: Path | None,
) -> None:
    """Options that contradict each other, before any work."""
    if price is not None and sku is not None:
        raise typer.BadParameter("--price and --sku are two prices; name one of them")
    if region is not None and sku is None:
        raise typer.BadParameter("--region belongs to a machine; name it with --sku")
    if sweep and constants is not None:
        raise typer.BadParameter("--sweep and --constants both say what the constants are; name one of them")
    if out is not None and not sweep:
        raise typer.BadParameter("--out keeps what a --sweep fits; name its files")


def _own_constants(
    machine: _Machine, sweep: list[Path] | None, file: Path | None, out: Path | None, day: date
) -> ServedConstants | None:
    """Constants of one's own, fitted now or kept from earlier; None where the bundled ones are meant."""
    if file is not None:
        return load_served_constants(file)
    if not sweep:
        return None
    if out is not None:
        require_writable(out)
    found = refit(
        read_sweep(sweep),
        machine.model,
        machine.stored,
        accelerator=machine.spec.name,
        accelerators=machine.count,
        engine=machine.engine,
        as_of=day,
    )
    if out is not None:
        save_served_constants(out, found)
        tell(f"Constants: {out}")
    return found


def _used(
    machine: _Machine, fitted: ServedConstants, stream: RequestStream, most_sequences: int
) -> tuple[Constants, tuple[Doubt, ...]]:
    """The constants for these requests, and every doubt about them."""
    placed = deployment(machine.model, machine.stored, machine.spec, machine.count, machine.engine)
    own, doubts = constants_for_use(fitted, placed, stream.mean_input, stream.mean_output)
    limit = placed.kv_limit(stream.mean_input, stream.mean_output)
    return own, (*fitted.doubts, *doubts, *beyond_sweep(fitted, min(limit.requests, most_sequences)))


def _load(machine: _Machine, given: int | None, answer: int | None, ca2: float | None, log: Path | None) -> _Load:
    """The requests to simulate, and the rate a log asks for; typed tokens go before those of a log."""
    if log is None:
        prompt, reply = given or INPUT_TOKENS, answer or OUTPUT_TOKENS
        longest = machine.model.context_tokens
        if prompt + reply > longest:
            raise ModelError(
                f"{prompt:,} + {reply:,} tokens are more than the {longest:,} of {machine.model.title}",
                remedy="Shorten --input or --output.",
            )
        scv = 1.0 if ca2 is None else ca2
        return _Load(drawn(Tokens(prompt), Tokens(reply), arrival_scv=scv, count=REQUESTS))
    if ca2 is not None:
        raise PlannerError("a log has a burstiness of its own", where="--ca2", remedy="Name --log or --ca2.")
    stream, rate = logged(load_request_log(log))
    whole, count = len(stream.gaps), min(len(stream.gaps), LOG_REQUESTS)
    prompts = stream.input_tokens[:count] if given is None else np.full(count, given, dtype=np.int64)
    replies = stream.output_tokens[:count] if answer is None else np.full(count, answer, dtype=np.int64)
    return _Load(RequestStream(stream.gaps[:count], prompts, replies), rate, _cut(whole) if whole > count else ())


def _cut(whole: int) -> tuple[Doubt, ...]:
    return (
        Doubt(
            kind="LogCut",
            sentence=f"Of the log's {whole:,} requests the first {LOG_REQUESTS:,} are simulated.",
            advice="Name a part of the log with its busiest hours.",
        ),
    )


def _bound(words: str | None, option: str) -> float | None:
    return None if words is None else time_s(words, option)


def _hour(machine: _Machine, price: float | None, sku: str | None, region: str | None, day: date) -> AcceleratorHour:
    if price is not None:
        return own_hour(price, day)
    if sku is not None:
        return offered_hour(all_rate_cards(), sku, region, machine.spec.name, day)
    return accelerator_hour(all_rate_cards(), machine.spec.name, machine.count, day)


@contextmanager
def _told() -> Generator[Callable[[str], None]]:
    """A live line on stderr while something is simulated; nothing where nobody watches."""
    console = messages()
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("…") as status:
        yield lambda words: status.update(f"{words} …")
