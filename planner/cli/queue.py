"""`edgewise queue`: how long requests wait at a given load, and how much load an SLO allows."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from planner.cli.console import say, say_json, say_pairs
from planner.cli.logged import figures_of, show_log
from planner.cli.queue_shared import show_shared
from planner.cli.time_words import rate_per_s, time_s
from planner.errors import PlannerError
from planner.service.queues.answer import (
    FORMULA_UP_TO_SERVICE_SCV,
    Queue,
    QueueAnswer,
    answer,
    largest_rate_per_s,
)
from planner.service.queues.simulation import CUSTOMERS, Simulated
from planner.service.queues.single_server import ServiceClass
from planner.text import number, seconds, share, significant
from planner.units import SECONDS_PER_HOUR

PER_CENT = 100
WAVES = "The log's requests come in waves that ca² leaves out: at high utilization real waits are longer than these."


def command(
    *,
    service: Annotated[
        str | None, typer.Option("--service", metavar="TIME", help="Mean service time: 4.2s, 300ms, 2min.")
    ] = None,
    rate: Annotated[
        str | None,
        typer.Option(
            "--rate", metavar="N/UNIT", help="Arrivals: 120/h, 2/s, 30/min, 5000/day; default: the mean of --log."
        ),
    ] = None,
    service_cv: Annotated[
        float, typer.Option("--service-cv", min=0, max=20, help="Standard deviation of service times over their mean.")
    ] = 1.0,
    servers: Annotated[int, typer.Option("--servers", min=1, max=1000, help="Like servers behind one queue.")] = 1,
    burstiness: Annotated[
        float | None,
        typer.Option(
            "--burstiness",
            min=0,
            max=100,
            help="ca², variance of the gaps between arrivals over their mean squared; default: that of --log, "
            "else 1, which is Poisson.",
        ),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(
            "--log",
            metavar="FILE",
            help="A request log: Azure, BurstGPT, Mooncake, Qwen-Bailian, LiteLLM, OpenTelemetry. "
            "Without --service only what it says.",
        ),
    ] = None,
    batch_rate: Annotated[
        str | None,
        typer.Option(
            "--batch-rate", metavar="N/UNIT", help="Less urgent arrivals at the same servers: they begin last."
        ),
    ] = None,
    batch_service: Annotated[
        str | None, typer.Option("--batch-service", metavar="TIME", help="Their mean service time.")
    ] = None,
    batch_service_cv: Annotated[
        float, typer.Option("--batch-service-cv", min=0, max=20, help="Standard deviation of it over its mean.")
    ] = 1.0,
    percentile: Annotated[float, typer.Option("--percentile", min=50, max=99.9, help="Of wait and response.")] = 95.0,
    slo: Annotated[
        str | None, typer.Option("--slo", metavar="TIME", help="Bound of the response at that percentile.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON on stdout.")] = False,
) -> None:
    """Utilization, wait and response of one queue, first come, first served.

    A formula answers while arrivals are near Poisson (burstiness up to 1.5, up to 1 for several servers) and service
    times not too unlike (cv up to 2), a seeded simulation of 100,000 requests beyond that, with the 95 % interval of
    its own noise. A personal device is one server; devices of several people are several queues, not one. With
    --batch-rate and --batch-service two classes share the servers, and what is not batch always begins first.
    """
    arrivals = None if rate is None else rate_per_s(rate, "--rate")
    figures = None if log is None else figures_of(log)
    told: dict[str, Any] = {} if figures is None else {"log": asdict(figures)}
    if figures is not None and not as_json:
        show_log(figures)
    if service is None and figures is None:
        raise PlannerError("no service time", where="--service", remedy="Say how long one request takes, as 4.2s.")
    if service is None:
        if slo is not None:
            raise PlannerError("an SLO needs a service time", where="--slo", remedy="Add --service.")
        if as_json:
            say_json(told)
        return
    if arrivals is None and figures is None:
        raise PlannerError("no rate", where="--rate", remedy="Say how many come, as 120/h, or name a --log.")
    queue = Queue(
        arrivals_per_s=arrivals or (figures.arrivals_per_s if figures else 0.0),
        service_s=time_s(service, "--service"),
        service_scv=service_cv**2,
        servers=servers,
        arrival_scv=burstiness if burstiness is not None else figures.arrival_scv if figures else 1.0,
    )
    slo_s = None if slo is None else time_s(slo, "--slo")
    later = _later(batch_rate, batch_service, batch_service_cv)
    if later is not None:
        show_shared(queue, later, percentile / PER_CENT, slo_s, told, as_json=as_json)
        return
    show(answer(queue, percentile / PER_CENT), slo_s, told, as_json=as_json)
    if figures is not None and figures.comes_in_waves and burstiness is None and not as_json:
        say(WAVES)


def _later(rate: str | None, service: str | None, cv: float) -> ServiceClass | None:
    """The less urgent class, where there is one."""
    if rate is None and service is None:
        return None
    if rate is None or service is None:
        missing = "--batch-rate" if rate is None else "--batch-service"
        raise PlannerError("batch work needs a rate and a service time", where=missing, remedy=f"Add {missing}.")
    return ServiceClass(rate_per_s(rate, "--batch-rate"), time_s(service, "--batch-service"), cv**2)


def show(found: QueueAnswer, slo_s: float | None, told: dict[str, Any], *, as_json: bool) -> None:
    """Print the answer, with the largest rate that meets the SLO where one is given."""
    most = None if slo_s is None else largest_rate_per_s(found.queue, slo_s, found.percentile)
    if as_json:
        say_json(_as_json(found, slo_s, most) | told)
        return
    at = f"p{significant(found.percentile * PER_CENT, 4)}"
    say_pairs(
        [
            ("utilization", share(found.queue.load)),
            ("wait, mean", _words(found.wait_mean, found)),
            (f"wait, {at}", _words(found.wait, found)),
            (f"response, {at}", _words(found.response, found)),
            ("method", _method(found)),
            *([] if slo_s is None else [(f"most for {at} ≤ {seconds(slo_s)}", _per_hour(most))]),
        ]
    )
    say("")
    say(_sentence(found, at, slo_s, most))


def _words(figure: Simulated | None, found: QueueAnswer) -> str:
    if figure is None:
        return "without end: work arrives at least as fast as it is done"
    if not found.simulated:
        return seconds(figure.value_s)
    return f"{seconds(figure.value_s)} ({seconds(figure.low_s)} … {seconds(figure.high_s)})"


def _method(found: QueueAnswer) -> str:
    scv = f"burstiness {number(found.queue.arrival_scv)}, service cv² {number(found.queue.service_scv)}"
    limits = f"{significant(found.queue.formula_up_to_scv)} and {significant(FORMULA_UP_TO_SERVICE_SCV)}"
    if not found.simulated:
        return f"{found.method} formula, which holds: {scv}, up to {limits}"
    words = f"simulation of {CUSTOMERS:,} requests, 95 % intervals: {scv}, no formula holds beyond {limits}"
    return words if found.settled else f"{words}; too short for this utilization, the intervals are too narrow"


def _per_hour(rate: float | None) -> str:
    if not rate:
        return "none: even an idle server misses it"
    return f"{significant(rate * SECONDS_PER_HOUR)} requests/h"


def _sentence(found: QueueAnswer, at: str, slo_s: float | None, most: float | None) -> str:
    queue = found.queue
    asked = f"At {_per_hour(queue.arrivals_per_s)} of {seconds(queue.service_s)}"
    if found.response is None:
        served = significant(queue.servers / queue.service_s * SECONDS_PER_HOUR)
        words = f"{asked} the queue grows without end: no more than {served} requests/h can be served"
    else:
        busy = "the server is" if queue.servers == 1 else f"each of {queue.servers} servers is"
        words = f"{asked} {busy} busy {share(queue.load)} of the time and {at} of the response is "
        words += seconds(found.response.value_s)
    if slo_s is None:
        return f"{words}."
    if not most:
        return f"{words}; {seconds(slo_s)} cannot be met at any rate."
    return f"{words}; {at} stays within {seconds(slo_s)} up to {_per_hour(most)}."


def _as_json(found: QueueAnswer, slo_s: float | None, most: float | None) -> dict[str, Any]:
    queue = found.queue

    def figure(value: Simulated | None) -> dict[str, float] | None:
        if value is None:
            return None
        interval = {"low": value.low_s, "high": value.high_s} if found.simulated else {}
        return {"value": value.value_s, **interval}

    return {
        "arrivals_per_s": queue.arrivals_per_s,
        "service_s": queue.service_s,
        "service_scv": queue.service_scv,
        "servers": queue.servers,
        "arrival_scv": queue.arrival_scv,
        "percentile": found.percentile,
        "utilization": queue.load,
        "wait_mean_s": figure(found.wait_mean),
        "wait_percentile_s": figure(found.wait),
        "response_percentile_s": figure(found.response),
        "reason": None if found.response else "work arrives at least as fast as it is done",
        "method": found.method,
        "formula_holds": queue.formula_holds,
        "simulation_settled": found.settled if found.simulated else None,
        "slo_s": slo_s,
        "largest_rate_per_s": most,
    }
