"""Escalations and judges beside a target (economics.md §2: a cascade pays both, all judge tokens count)."""

from __future__ import annotations

import pytest

from planner.basis import Basis
from planner.cost.escalation import further_parts, goes_to
from planner.cost.metered import metered_request
from planner.workload.task_classes import TaskClass
from tests.support.engine import DAY, offer, quantity, scenario, task_class

LARGE = offer("acme/large", usd_in="2.50", usd_out="10.00")


def escalating(**changes: object) -> TaskClass:
    share = quantity(0.1, "share", 0.05, 0.2)
    return task_class("mail", **{"escalation_share": share, "escalates_to": "acme/large", **changes})


def test_a_share_of_requests_also_pays_the_other_offer_s_price() -> None:
    asked = escalating()
    (part,) = further_parts(scenario(asked), asked, None).parts
    whole = metered_request(LARGE, asked, DAY).usd_per_request
    assert part.usd_per_request == pytest.approx(0.1 * whole)
    assert (part.low_usd, part.high_usd) == (pytest.approx(0.05 * whole), pytest.approx(0.2 * whole))
    assert (part.name, part.driver, part.basis) == ("escalation", "token_price", Basis.PUBLISHED)
    assert part.input_share == pytest.approx(512 * 2.5 / (512 * 2.5 + 101 * 10))


def test_what_runs_there_already_does_not_escalate() -> None:
    asked = escalating()
    assert further_parts(scenario(asked), asked, "acme/large").parts == ()
    assert goes_to(asked, "acme/large") == ()
    assert goes_to(asked, "acme/small") == (("acme/large", "escalation"),)


def test_no_escalation_adds_nothing() -> None:
    never = quantity(0, "share")
    for asked in (task_class(), escalating(escalation_share=never)):
        assert further_parts(scenario(asked), asked, None) == further_parts(scenario(), task_class(), None)
        assert goes_to(asked, None) == ()


def test_a_judge_s_tokens_are_counted_for_every_request() -> None:
    asked = task_class(judge={"sku": "acme/large", "input_tokens": 1000, "output_tokens": 10}, cached_share=0.5)
    (part,) = further_parts(scenario(asked), asked, "acme/large").parts
    assert part.usd_per_request == pytest.approx((1000 * 2.5 + 10 * 10) / 1e6)  # its input is not the class's cache
    assert part.name == "router or judge"


def test_an_offer_the_scenario_does_not_hold_leaves_the_cost_unknown() -> None:
    asked = escalating(escalates_to="acme/none")
    found = further_parts(scenario(asked), asked, None)
    assert found.parts == ()
    assert found.missing == ("the scenario holds no offer acme/none for the escalation",)


def test_an_escalation_names_both_its_share_and_its_target() -> None:
    with pytest.raises(ValueError, match="both escalation_share and escalates_to"):
        task_class(escalation_share=quantity(0.1, "share"))
    with pytest.raises(ValueError, match="both escalation_share and escalates_to"):
        task_class(escalates_to="acme/large")
