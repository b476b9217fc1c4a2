"""True cost per accepted result (economics.md §2, CONVENTION §15)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from planner.basis import Basis, Quantity
from planner.cost.accepted import acceptance_of, cost_of
from planner.cost.figures import Cost, CostPart, HardwareView
from planner.cost.token_views import OnDevice
from planner.workload.task_classes import Acceptance, TaskClass
from tests.support.engine import assumptions, quantity, task_class


def part(usd: float, low: float | None = None, high: float | None = None) -> CostPart:
    return CostPart(
        name="input",
        usd_per_request=usd,
        low_usd=usd if low is None else low,
        high_usd=usd if high is None else high,
        basis=Basis.PUBLISHED,
        how="test",
    )


def accepted(value: float, low: float | None = None, high: float | None = None) -> Quantity:
    return Quantity(value=value, unit="share", basis=Basis.MEASURED, low=low, high=high)


def test_bill_review_and_failures_over_the_accepted_share() -> None:
    asked = task_class(review_usd=Decimal("0.10"), failure_usd=Decimal("0.50"))
    cost = cost_of([part(0.02)], (), acceptance=accepted(0.8), task_class=asked, requests_per_month=1000)
    assert cost.usd_per_request is not None
    assert cost.usd_per_request.value == pytest.approx(0.02)
    assert cost.usd_per_accepted is not None
    assert cost.usd_per_accepted.value == pytest.approx((0.02 + 0.10 + 0.2 * 0.50) / 0.8)
    assert cost.true_usd_per_month is not None
    assert cost.true_usd_per_month.value == pytest.approx(1000 * cost.usd_per_accepted.value)


def test_displayed_totals_are_the_sum_of_displayed_parts() -> None:
    cost = cost_of(
        [part(0.01), part(0.02)], (), acceptance=accepted(1.0), task_class=task_class(), requests_per_month=7
    )
    assert cost.usd_per_request is not None
    assert cost.usd_per_request.value == sum(each.usd_per_request for each in cost.parts)


def test_per_mtok_counts_all_tokens_of_the_class_s_own_ratio() -> None:
    cost = cost_of([part(0.000613)], (), acceptance=accepted(1.0), task_class=task_class(), requests_per_month=1)
    assert cost.usd_per_mtok is not None
    assert cost.usd_per_mtok.value == pytest.approx(1.0)
    assert cost.blended_ratio == pytest.approx(512 / 101)


def test_a_missing_part_leaves_every_total_unknown() -> None:
    cost = cost_of([part(0.02)], ("price",), acceptance=accepted(1.0), task_class=task_class(), requests_per_month=1)
    assert (cost.usd_per_request, cost.usd_per_accepted, cost.usd_per_month, cost.usd_per_mtok) == (None,) * 4


def test_what_is_never_accepted_has_no_cost_per_accepted_result() -> None:
    cost = cost_of([part(0.02)], (), acceptance=accepted(0.0), task_class=task_class(), requests_per_month=1)
    assert cost.usd_per_accepted is None


def test_own_evaluation_outranks_the_assumption() -> None:
    asked: TaskClass = task_class(
        acceptances=(Acceptance(model="llama-3.2-1b", weight_format="int4", accepted=45, of=50),)
    )
    own = acceptance_of(asked, "llama-3.2-1b", "int4", assumptions().acceptance)
    assert (own.value, own.basis) == (0.9, Basis.MEASURED)
    assert own.bounds == pytest.approx((stats.beta.ppf(0.025, 46, 6), stats.beta.ppf(0.975, 46, 6)))
    assert acceptance_of(asked, "llama-3.2-1b", "int8", assumptions().acceptance).basis is Basis.ASSUMED


RUN = CostPart(
    name="electricity",
    usd_per_request=0.010,
    low_usd=0.008,
    high_usd=0.020,
    basis=Basis.MEASURED,
    how="test",
    driver="tariff",
    input_share=0.25,
)
HARDWARE = CostPart(
    name="hardware (full share)",
    usd_per_request=0.030,
    low_usd=0.020,
    high_usd=0.040,
    basis=Basis.PUBLISHED,
    how="test",
    driver="device_price",
    input_share=0.5,
)
VIEWS = (
    HardwareView(policy="sunk", usd_per_request=0.0, usd_per_month=0.0),
    HardwareView(policy="incremental", usd_per_request=None, usd_per_month=None, reason="the profile states none"),
    HardwareView(policy="full_share", usd_per_request=0.033, usd_per_month=33.0, low_usd=0.021, high_usd=0.048),
)
RETRIED = quantity(0.1, "share", 0.05, 0.2)


def costed(asked: TaskClass, *parts: CostPart, a: float = 1.0, used: float | None = None) -> Cost:
    device = None if used is None else OnDevice(utilization=used, full_share=quantity(0.030, "USD/request", 0.02, 0.04))
    return cost_of(
        parts or (RUN, HARDWARE),
        (),
        acceptance=accepted(a),
        task_class=asked,
        requests_per_month=1000,
        hardware_views=VIEWS,
        device=device,
    )


def value(figure: Quantity | None) -> float:
    assert figure is not None
    return figure.value


def test_retries_run_every_part_again_and_follow_the_same_prices() -> None:
    cost = costed(task_class(retry_share=RETRIED))
    again = {part.name: part for part in cost.parts[2:]}
    assert list(again) == ["retries (electricity)", "retries (hardware (full share))"]
    assert again["retries (electricity)"].usd_per_request == pytest.approx(0.001)
    assert again["retries (electricity)"].low_usd == pytest.approx(0.008 * 0.05)
    assert again["retries (electricity)"].high_usd == pytest.approx(0.020 * 0.2)
    assert [part.driver for part in cost.parts] == ["tariff", "device_price"] * 2
    assert value(cost.usd_per_request) == pytest.approx(1.1 * 0.040)
    assert value(cost.usd_per_request) == sum(part.usd_per_request for part in cost.parts)


def test_review_share_is_all_where_a_review_has_a_price() -> None:
    every = costed(task_class(review_usd=Decimal("0.10")))
    some = costed(task_class(review_usd=Decimal("0.10"), review_share=quantity(0.3, "share", 0.2, 0.5)))
    assert [part.usd_per_request for part in every.quality_parts] == [0.10]
    (part,) = some.quality_parts
    assert (part.usd_per_request, part.low_usd, part.high_usd) == pytest.approx((0.03, 0.02, 0.05))


def test_true_cost_adds_up_and_is_divided_by_what_is_accepted() -> None:
    """(inference + retries + escalations + review + failure rate × cost of failure)/accepted."""
    asked = task_class(
        retry_share=RETRIED,
        review_usd=Decimal("0.10"),
        review_share=quantity(0.3, "share"),
        failure_usd=Decimal("0.50"),
    )
    escalation = part(0.002).model_copy(update={"name": "escalation", "driver": "token_price"})
    cost = cost_of(
        (RUN,), (), acceptance=accepted(0.8), task_class=asked, requests_per_month=1000, further=(escalation,)
    )
    assert value(cost.usd_per_accepted) == pytest.approx((0.011 + 0.002 + 0.03 + 0.2 * 0.50) / 0.8)


def test_no_retries_and_no_escalations_leave_every_figure_as_it_was() -> None:
    never = quantity(0, "share")
    plain = costed(task_class(), used=0.2)
    assert costed(task_class(retry_share=never), used=0.2) == plain
    assert costed(task_class(retry_share=never, review_share=never), used=0.2) == plain
    assert plain.parts == (RUN, HARDWARE)


def test_input_and_output_bear_what_they_cause_and_add_up_to_the_bill() -> None:
    cost = costed(task_class())
    onto_input, onto_output = 0.010 * 0.25 + 0.030 * 0.5, 0.010 * 0.75 + 0.030 * 0.5
    assert value(cost.usd_per_mtok_in) == pytest.approx(onto_input * 1e6 / 512)
    assert value(cost.usd_per_mtok_out) == pytest.approx(onto_output * 1e6 / 101)
    bill = (512 * value(cost.usd_per_mtok_in) + 101 * value(cost.usd_per_mtok_out)) / 1e6
    assert bill == pytest.approx(value(cost.usd_per_request))
    assert cost.convention == "each part of the bill is borne by the tokens that cause it"


def test_a_fee_of_the_request_is_borne_by_no_token_and_named() -> None:
    fee = part(0.01).model_copy(update={"name": "request fee"})
    cost = costed(task_class(), RUN, fee)
    assert value(cost.usd_per_mtok_in) == pytest.approx(0.010 * 0.25 * 1e6 / 512)
    assert cost.convention.endswith("; by none: request fee")


def test_every_policy_is_shown_per_accepted_result_and_per_mtok() -> None:
    asked = task_class(review_usd=Decimal("0.10"))
    sunk, incremental, full = costed(asked, a=0.8).hardware_views
    assert value(sunk.usd_per_accepted) == pytest.approx((0.010 + 0.10) / 0.8)
    assert value(full.usd_per_accepted) == pytest.approx((0.010 + 0.033 + 0.10) / 0.8)
    assert value(full.usd_per_mtok) == pytest.approx(0.043 * 1e6 / 613)
    assert full.usd_per_mtok is not None
    assert full.usd_per_mtok.bounds == pytest.approx((0.029 * 1e6 / 613, 0.068 * 1e6 / 613))
    assert (incremental.usd_per_accepted, incremental.usd_per_mtok) == (None, None)


def test_a_device_stands_at_its_utilization_and_at_100_percent() -> None:
    cost = costed(task_class(), used=0.2)
    assert cost.utilization == 0.2
    assert value(cost.usd_per_mtok_at_full_utilization) == pytest.approx((0.010 + 0.030) * 1e6 / 613)
    assert value(cost.usd_per_mtok_at_utilization) == pytest.approx((0.010 + 0.030 / 0.2) * 1e6 / 613)
    assert cost.utilization_reason == ""


def test_utilization_says_why_it_does_not_apply() -> None:
    metered = costed(task_class(), RUN)
    assert (metered.utilization, metered.usd_per_mtok_at_full_utilization) == (None, None)
    assert metered.utilization_reason.startswith("paid by the token")
    idle = costed(task_class(), used=0.0)
    assert idle.usd_per_mtok_at_utilization is None
    assert idle.utilization_reason.startswith("the class asks for next to nothing")


@given(
    factor=st.floats(0.01, 100),
    retried=st.floats(0, 1),
    a=st.floats(0.01, 1),
    review=st.integers(0, 500),
    failure=st.integers(0, 500),
)
def test_all_money_times_k_is_cost_times_k(factor: float, retried: float, a: float, review: int, failure: int) -> None:
    """economics.md §7: linearity in money."""

    def cost(k: float) -> Cost:
        asked = task_class(
            retry_share=quantity(retried, "share"),
            review_usd=Decimal(str(k)) * review / 100,
            failure_usd=Decimal(str(k)) * failure / 100,
        )
        parts = [
            each.model_copy(
                update={name: getattr(each, name) * k for name in ("usd_per_request", "low_usd", "high_usd")}
            )
            for each in (RUN, HARDWARE)
        ]
        return cost_of(parts, (), acceptance=accepted(a), task_class=asked, requests_per_month=10)

    ours, theirs = cost(factor), cost(1.0)
    assert value(ours.usd_per_accepted) == pytest.approx(factor * value(theirs.usd_per_accepted), rel=1e-9)
    assert value(ours.usd_per_mtok_in) == pytest.approx(factor * value(theirs.usd_per_mtok_in), rel=1e-9)


@given(retried=st.floats(0, 1), more=st.floats(0, 1), a=st.floats(0.01, 1), less=st.floats(0.01, 1))
def test_more_retries_and_fewer_accepted_results_are_never_cheaper(
    retried: float, more: float, a: float, less: float
) -> None:
    few, many = sorted((retried, more))
    worse, better = sorted((a, less))
    cheap = costed(task_class(retry_share=quantity(few, "share")), a=better)
    dear = costed(task_class(retry_share=quantity(many, "share")), a=worse)
    assert value(cheap.usd_per_accepted) <= value(dear.usd_per_accepted) + 1e-12
