"""What a device keeps of its burst speed, and that busy time and queues are planned with it (CONVENTION §12, §20)."""

from __future__ import annotations

import pytest

from planner.basis import Basis
from planner.measurement.soaks import Soak
from planner.profiles.performance import performances
from planner.profiles.sustained import retained_share, why_unknown
from planner.service.device import device_service
from planner.service.figures import Service
from planner.service.queueing import wait_percentile_s
from tests.support.engine import device, task_class, workload
from tests.support.sustained import soaked


def service(*soaks: Soak, requests_per_day: float = 4000.0) -> Service:
    profile = device().model_copy(update={"soaks": soaks})
    found = device_service(performances(profile)[0], task_class(requests_per_day=requests_per_day), workload(), 100)
    assert found is not None
    return found


def test_the_newest_soak_of_the_model_counts() -> None:
    found = retained_share(
        (soaked(0.5), soaked(0.7, later_min=30), soaked(0.9, model="other", later_min=60)),
        "llama-3.2-1b",
        "int4",
        "CPU",
    )
    assert found is not None
    assert found.value == pytest.approx(0.7, rel=0.02)
    assert found.basis is Basis.MEASURED


def test_another_model_s_soak_is_an_estimate() -> None:
    found = retained_share((soaked(0.6, model="other"),), "llama-3.2-1b", "int4", "CPUExecutionProvider")
    assert found is not None
    assert found.value == pytest.approx(0.6, rel=0.02)
    assert found.basis is Basis.ESTIMATED
    assert "of other int4" in found.source


def test_a_soak_on_another_processor_or_too_short_tells_nothing() -> None:
    assert retained_share((soaked(),), "llama-3.2-1b", "int4", "QNNExecutionProvider") is None
    short = soaked(seconds=300)
    assert retained_share((short,), "llama-3.2-1b", "int4", "CPU") is None
    assert "lasted 5 min" in why_unknown((short,))
    assert why_unknown(()) == "nobody kept it busy for ten minutes"
    assert why_unknown((soaked(),)) == "its soaks ran on another execution provider"


def test_nothing_is_kept_beyond_the_burst() -> None:
    faster = retained_share((soaked(1.2),), "llama-3.2-1b", "int4", "CPU")
    assert faster is not None
    assert (faster.value, faster.high) == (1.0, 1.0)


def test_without_a_soak_nothing_changes() -> None:
    found = service()
    assert found.retained_share is None
    assert found.busy_ttft_s is not None
    assert found.busy_ttft_s.value == found.ttft_p95_s.value == pytest.approx(0.512)
    assert found.service_s.value == found.e2e_p95_s.value == pytest.approx(2.512)


def test_an_idle_device_answers_at_burst_and_is_busy_for_as_long_as_it_sustains() -> None:
    fresh, kept = service(), service(soaked(0.5))
    share = kept.retained_share
    assert share is not None
    assert kept.wait_p95_s == 0
    assert kept.e2e_p95_s == fresh.e2e_p95_s
    assert kept.service_s.value == pytest.approx(fresh.service_s.value / share.value)
    assert kept.utilization == pytest.approx((fresh.utilization or 0) / share.value)
    assert kept.service_s.bounds == pytest.approx([2.512 / end for end in reversed(share.bounds)])


def test_whoever_waits_waits_for_a_device_that_is_warm() -> None:
    requests = 200_000.0
    fresh, kept = service(requests_per_day=requests), service(soaked(0.5), requests_per_day=requests)
    assert fresh.wait_p95_s
    assert kept.wait_p95_s
    assert kept.wait_p95_s == pytest.approx(wait_percentile_s(kept.peak_utilization or 0, kept.service_s.value, 0.95))
    assert kept.wait_p95_s > 2 * fresh.wait_p95_s
    assert kept.e2e_p95_s.value == pytest.approx(kept.service_s.value + kept.wait_p95_s)
    assert kept.busy_ttft_s is not None
    assert kept.ttft_p95_s.value == pytest.approx(kept.busy_ttft_s.value + kept.wait_p95_s)
