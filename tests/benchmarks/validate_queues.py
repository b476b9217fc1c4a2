"""Two real request logs replayed through like servers: what formula and simulation would have said. Run by hand.

`python -m tests.benchmarks.validate_queues FOLDER` with azure_llm_2023_conv.csv and …_code.csv in FOLDER:
Azure LLM inference traces 2023, CC-BY-4.0, Patel et al., «Splitwise» (ISCA 2024). Service time of a request is taken
as output tokens + input tokens / 20, scaled so that the servers are busy as stated; arrivals are the log's own.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from planner.cli.console import say
from planner.service.queues.answer import Queue, answer
from planner.service.queues.simulation import waits_s
from planner.workload.log_figures import log_figures
from planner.workload.request_log import load_request_log

INPUT_PER_OUTPUT = 20  # prompt tokens prefilled in the time of one output token
PERCENTILE = 0.95


def main(folder: Path) -> None:
    """One row for each log, number of servers and load: waits at p95 in units of the mean service time."""
    for name in ("conv", "code"):
        log = load_request_log(folder / f"azure_llm_2023_{name}.csv")
        figures = log_figures(log)
        assert figures is not None
        assert figures.minute_dispersion is not None
        say(f"{name}: {figures.requests:,} requests, ca² {figures.arrival_scv:.3g}")
        say(f"dispersion of minutes {figures.minute_dispersion:.3g}")
        work = log.output_tokens + log.input_tokens / INPUT_PER_OUTPUT
        scv = float(np.var(work) / np.mean(work) ** 2)
        for servers in (1, 8, 32):
            for load in (0.3, 0.6, 0.8):
                service_s = load * servers / figures.arrivals_per_s
                services_s = work / work.mean() * service_s
                gaps_s = np.diff(log.arrivals_s, prepend=log.arrivals_s[0])
                waits = waits_s(gaps_s, services_s, servers)
                shuffled = np.random.default_rng(1).permutation(gaps_s)
                said = [f"replay {np.quantile(waits, PERCENTILE) / service_s:8.3g}"]
                mixed = waits_s(shuffled, services_s, servers)
                said.append(f"gaps shuffled {np.quantile(mixed, PERCENTILE) / service_s:8.3g}")
                for words, arrival_scv in (
                    ("Poisson", 1.0),
                    ("ca²", figures.arrival_scv),
                    ("dispersion", figures.minute_dispersion),
                ):
                    wait = answer(Queue(figures.arrivals_per_s, service_s, scv, servers, arrival_scv), PERCENTILE).wait
                    assert wait is not None
                    said.append(f"{words} {wait.value_s / service_s:8.3g}")
                say(f"  c = {servers:2}, ρ = {load}: " + ", ".join(said))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
