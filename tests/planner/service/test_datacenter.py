"""A managed API serving a class (CONVENTION §13)."""

from __future__ import annotations

import pytest

from planner.service.datacenter import remote_service
from tests.support.engine import offer, quantity, task_class


def test_p95_takes_every_part_at_its_slow_end() -> None:
    service = remote_service(offer(), task_class(), quantity(0.04, "s", 0.02, 0.1))
    assert service is not None
    assert service.ttft_p95_s.value == pytest.approx(0.1 + 0.9)
    assert service.e2e_p95_s.value == pytest.approx(0.1 + 0.9 + 100 / 50)
    assert service.e2e_p95_s.bounds[0] == pytest.approx(0.04 + 0.5 + 100 / 80)


def test_a_one_token_answer_has_no_tpot() -> None:
    service = remote_service(offer(), task_class(output_tokens=1), quantity(0.04, "s"))
    assert service is not None
    assert service.tpot_s is None
    assert service.e2e_p95_s.value == pytest.approx(service.ttft_p95_s.value)


def test_an_offer_whose_speed_nobody_stated_has_no_service() -> None:
    silent = offer().model_copy(update={"service": None})
    assert remote_service(silent, task_class(), quantity(0.04, "s")) is None
