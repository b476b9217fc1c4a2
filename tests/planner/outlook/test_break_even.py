"""A scenario's break-even against the same scenario planned and costed anew at other volumes, prices and sizes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.basis import Basis, Quantity
from planner.capacities import Capacity
from planner.cost.capacity import capacity_classes, capacity_cost, load_of
from planner.errors import UnknownNameError
from planner.horizon import Horizon, OneOff
from planner.outlook.break_even import break_even
from planner.outlook.break_even_view import BreakEvenView, By, IntervalView, Pair
from planner.placement.fleets import fleet_usd_per_month
from planner.placement.options import Side
from planner.placement.plan import Plan
from planner.planning import plan
from planner.prices.offers import Quote, RemoteService
from planner.scenario import Fleet, HardwarePolicy, Scenario
from planner.workload.task_classes import Acceptance
from tests.support import scenarios
from tests.support.capacities import capacity_scenario, owned, rented, reserved
from tests.support.scenarios import offer

CLASS = "mail-summary"
QUANTITIES: tuple[By, ...] = ("volume", "utilization", "seats", "months", "tariff", "price")


def priced_profile_scenario() -> Scenario:
    """A scenario whose device has a price and where an API competes with it for one class."""
    made = scenarios.scenario("Break-even")
    profile = made.fleets[0].profile
    ownership = profile.ownership.model_copy(
        update={"price_usd": Decimal(1200), "incremental_usd": Decimal(40), "resale_usd": Decimal(100)}
    )
    fleet = Fleet(profile=profile.model_copy(update={"ownership": ownership}), count=50)
    classes = (made.workload.task_classes[0].model_copy(update={"requests_per_day": 4000.0}),)
    return Scenario.model_validate(
        dict(made) | {"fleets": (fleet,), "workload": made.workload.model_copy(update={"task_classes": classes})}
    )


@cache
def planned(which: str) -> tuple[Scenario, Plan]:
    made = priced_profile_scenario() if which == "device" else capacity_scenario()
    return made, plan(made)


def view(which: str, by: By, **asked: str) -> BreakEvenView:
    made, decided = planned(which)
    return break_even(made, by, plan=decided, **asked)  # pyright: ignore[reportArgumentType]


def pair_of(found: BreakEvenView, ours: str) -> Pair:
    return next(each for each in found.pairs if ours in each.ours)


def holds(intervals: tuple[IntervalView, ...], x: float) -> bool:
    return any(each.low < x and (each.high is None or x < each.high) for each in intervals)


def far_from_ends(pair: Pair, x: float) -> bool:
    ends = [end for each in pair.cheaper for end in (each.low, each.high) if end]
    return all(abs(x / end - 1) > 1e-6 for end in ends)


def device_and_metered_usd(made: Scenario) -> tuple[float | None, float]:
    """What the class costs on the fleet, all of it included, and at the API: the scenario planned anew."""
    placement = plan(made).placements[0]
    metered = min(
        each.cost.usd_per_month.value
        for each in placement.options
        if each.side is Side.DATACENTER and each.cost and each.cost.usd_per_month
    )
    devices = [
        each.cost.usd_per_month.value + fixed.value
        for each in placement.options
        if each.side is Side.EDGE and each.feasible and each.cost and each.cost.usd_per_month
        for fixed in [fleet_usd_per_month(made, made.fleets[0], [each])]
        if fixed is not None
    ]
    return min(devices, default=None), metered


def with_class(made: Scenario, **changes: object) -> Scenario:
    classes = tuple(each.model_copy(update=changes) for each in made.workload.task_classes)
    return made.model_copy(update={"workload": made.workload.model_copy(update={"task_classes": classes})})


def at_volume(made: Scenario, requests_per_day: float) -> Scenario:
    return with_class(made, requests_per_day=requests_per_day)


def at_seats(made: Scenario, seats: float) -> Scenario:
    count = round(seats)
    fleets = tuple(each.model_copy(update={"count": count}) for each in made.fleets)
    return with_class(
        made.model_copy(update={"fleets": fleets, "workload": made.workload.model_copy(update={"seats": count})}),
        requests_per_day=4000.0 * count / 50,
    )


def at_tariff(made: Scenario, usd_per_kwh: float) -> Scenario:
    tariff = Quantity(value=usd_per_kwh, unit="USD/kWh", basis=Basis.ASSUMED)
    return made.model_copy(update={"assumptions": made.assumptions.model_copy(update={"tariff_usd_per_kwh": tariff})})


def at_price(made: Scenario, multiple: float) -> Scenario:
    offers = tuple(
        each.model_copy(
            update={
                "prices": tuple(
                    row.model_copy(
                        update={
                            "rates": row.rates.model_copy(
                                update={
                                    "input_usd_per_mtok": row.rates.input_usd_per_mtok * Decimal(multiple),
                                    "output_usd_per_mtok": row.rates.output_usd_per_mtok * Decimal(multiple),
                                }
                            )
                        }
                    )
                    for row in each.prices
                )
            }
        )
        for each in made.prices.offers
    )
    return made.model_copy(update={"prices": made.prices.model_copy(update={"offers": offers})})


CHANGES: dict[By, tuple[Callable[[Scenario, float], Scenario], float]] = {
    "volume": (at_volume, 60_000.0),
    "seats": (at_seats, 400.0),
    "tariff": (at_tariff, 60.0),
    "price": (at_price, 5.0),
}


@pytest.mark.parametrize("by", list(CHANGES))
@given(part=st.floats(0.001, 1.0))
@settings(max_examples=8, deadline=None)
def test_a_device_is_cheaper_just_where_the_scenario_costed_anew_says_so(by: By, part: float) -> None:
    change, reach = CHANGES[by]
    pair = pair_of(view("device", by, task_class=CLASS), "Mail summary")
    x = part * reach if by != "seats" else max(1.0, round(part * reach))
    device, metered = device_and_metered_usd(change(planned("device")[0], x))
    if far_from_ends(pair, x):
        assert holds(pair.cheaper, x) == (device is not None and device < metered)


def test_the_ends_are_where_both_cost_the_same() -> None:
    """The crossing itself, costed anew: equal to twelve digits."""
    for by in ("volume", "price"):
        pair = pair_of(view("device", by, task_class=CLASS), "Mail summary")
        low = pair.cheaper[0].low
        assert pair.cheaper[0].low_why == "crossing"
        device, metered = device_and_metered_usd(CHANGES[by][0](planned("device")[0], low))
        assert device == pytest.approx(metered, rel=1e-9)


def test_the_device_ends_where_its_fleet_can_serve_no_more() -> None:
    pair = pair_of(view("device", "volume", task_class=CLASS), "Mail summary")
    end = pair.cheaper[-1]
    assert end.high_why == "ours ends"
    assert end.high is not None
    made = planned("device")[0]
    assert device_and_metered_usd(at_volume(made, end.high * (1 - 1e-9)))[0] is not None
    assert device_and_metered_usd(at_volume(made, end.high * (1 + 1e-6)))[0] is None


@pytest.mark.parametrize(
    "capacity", [rented(name="rented"), owned(), reserved(term_months=12, overflow_sku="acme/mini")]
)
@given(part=st.floats(0.01, 1.0))
@settings(max_examples=8, deadline=None)
def test_a_capacity_is_cheaper_just_where_its_month_costs_less(capacity: Capacity, part: float) -> None:
    made = capacity_scenario(capacity)
    pair = next(each for each in _by_volume(capacity).pairs if each.ours == capacity.title)
    load = load_of(made, capacity_classes(made, capacity), capacity)
    assert pair.today is not None
    assert pair.theirs_usd_today is not None
    x = part * min(12 * pair.today, pair.looked_until or 12 * pair.today)
    cost = capacity_cost(made, capacity, load.times(x / pair.today), made.as_of).effective_usd_per_month
    assert cost is not None
    if far_from_ends(pair, x):
        assert holds(pair.cheaper, x) == (cost.value < pair.theirs_usd_today * x / pair.today)


@cache
def _found(name: str, capacity_json: str) -> BreakEvenView:
    return break_even(capacity_scenario(Capacity.model_validate_json(capacity_json)), "volume")


def _by_volume(capacity: Capacity) -> BreakEvenView:
    return _found(capacity.name, capacity.model_dump_json())


def test_whole_boxes_make_several_intervals() -> None:
    """economics.md §4: integer instances make break-even a set of intervals."""
    pair = pair_of(view("capacities", "volume"), "Owned own-box")
    assert len(pair.cheaper) > 1
    assert {each.high_why for each in pair.cheaper[:-1]} == {"jump"}
    assert "requests a day and from" in pair.sentence
    jumps = [
        (before, after)
        for before, after in zip(pair.curves[0].segments, pair.curves[0].segments[1:], strict=False)
        if after.from_usd > before.to_usd
    ]
    assert jumps, "the curve jumps where another box is bought"
    assert all(before.to_x == after.from_x for before, after in jumps)


def test_never_is_a_word_and_says_why() -> None:
    pair = pair_of(view("capacities", "volume"), "Rented on-demand")
    assert pair.word == "never"
    assert pair.cheaper == ()
    assert "never costs less than acme/mini" in pair.sentence


def test_at_best_and_at_worst_bracket_the_intervals() -> None:
    """Every figure at its cheaper end for one side: that side's set can only grow."""
    for by in ("volume", "tariff", "price", "seats", "utilization"):
        for pair in view("capacities", by).pairs:
            for each in pair.cheaper_at_worst:
                inside = each.low + 1e-3 if each.high is None else (each.low + each.high) / 2
                if by in ("tariff", "price", "utilization"):  # no whole units that come at other volumes
                    assert holds(pair.cheaper, inside)
                    assert holds(pair.cheaper_at_best, inside)


@given(rise=st.floats(1.05, 20))
@settings(max_examples=3, deadline=None)
def test_a_dearer_api_never_shrinks_what_a_box_wins(rise: float) -> None:
    """economics.md §7: raising an API's price never raises its share."""
    made = capacity_scenario(owned())
    before, after = (break_even(each, "volume").pairs[-1] for each in (made, at_price(made, rise)))
    assert before.ours == after.ours == owned().title
    for each in before.cheaper:
        assert each.high is not None
        middle = (each.low + each.high) / 2
        assert after.looked_until is None or middle > after.looked_until or holds(after.cheaper, middle)


def test_all_money_times_two_leaves_break_even_as_it_is() -> None:
    """economics.md §7, all money × k: exact for a power of two."""
    made = priced_profile_scenario()
    assumptions = made.assumptions
    twice = {
        name: Quantity(
            **(dict(figure) | {"value": figure.value * 2, "low": figure.bounds[0] * 2, "high": figure.bounds[1] * 2})
        )
        for name, figure in (
            ("tariff_usd_per_kwh", assumptions.tariff_usd_per_kwh),
            ("support_usd_per_device_month", assumptions.support_usd_per_device_month),
        )
    }
    doubled = at_price(made, 2).model_copy(update={"assumptions": assumptions.model_copy(update=twice)})
    one, two = (break_even(each, "volume", task_class=CLASS).pairs[0] for each in (made, doubled))
    assert one.cheaper[0].low == pytest.approx(two.cheaper[0].low, rel=1e-12)
    assert one.cheaper[0].high == two.cheaper[0].high


def test_a_workload_that_asks_for_nothing_buys_nothing() -> None:
    """economics.md §7: volume → 0 buys no capex. At 0 both sides cost nothing: a tie, not a win."""
    pair = pair_of(view("device", "volume", task_class=CLASS), "Mail summary")
    assert pair.curves[0].usd_at_zero == 0
    assert (pair.equal[0].low, pair.equal[0].high) == (0, 0)
    quiet = at_volume(priced_profile_scenario(), 0.0)
    for by in QUANTITIES:
        for each in break_even(quiet, by).pairs:
            assert "nan" not in each.sentence
    asked = break_even(quiet, "volume", task_class=CLASS).pairs[0]
    assert asked.cheaper[0].low == pytest.approx(pair.cheaper[0].low)
    assert asked.today == 0


def test_support_that_other_work_pays_for_is_on_neither_side() -> None:
    made = scenarios.scenario("Shared fleet")  # ticket triage may not leave the device
    pair = break_even(made, "volume", task_class=CLASS).pairs[0]
    assert pair.cheaper[0].low == 0
    assert any("on neither side" in note for note in pair.assumptions)


def test_a_growing_class_that_breaks_even_late_is_doubted() -> None:
    made = with_class(at_volume(priced_profile_scenario(), 50.0), growth_per_year=0.2)
    found = break_even(made, "volume", task_class=CLASS)
    low = found.pairs[0].cheaper[0].low
    assert low > 50 * 1.2**2
    assert "BreakEvenBeyond24Months" in {doubt.kind for doubt in found.doubts}
    faster = break_even(with_class(made, growth_per_year=20.0), "volume", task_class=CLASS)
    assert "BreakEvenBeyond24Months" not in {doubt.kind for doubt in faster.doubts}


def test_money_up_front_is_back_after_months() -> None:
    """Incremental hardware is bought on the first day; the months are those of a simulation in plain numbers."""
    made = priced_profile_scenario()
    made = at_volume(
        made.model_copy(update={"policy": made.policy.model_copy(update={"hardware": HardwarePolicy.INCREMENTAL})}),
        40_000.0,
    )
    pair = break_even(made, "months", task_class=CLASS).pairs[0]
    best = min(
        each.cost.usd_per_month.value
        for each in plan(made).placements[0].options
        if each.side is Side.EDGE and each.feasible and each.cost and each.cost.usd_per_month
    )
    metered = device_and_metered_usd(made)[1]
    saved = metered - best - 50 * made.assumptions.support_usd_per_device_month.value
    rate = made.assumptions.discount_rate_per_year.value
    left, month = 40.0 * 50, 0
    while left > 0:
        month += 1
        left -= saved * (1 + rate) ** (-month / 12)
    assert pair.cheaper[0].low == month - 1
    assert f"from month {month} on" in pair.sentence or f"from month {month} to" in pair.sentence


def test_one_offs_of_a_class_are_paid_before_its_months() -> None:
    made = at_volume(priced_profile_scenario(), 30_000.0)
    tuned = made.model_copy(
        update={
            "horizon": Horizon(one_offs=(OneOff(name="tuning", kind="fine_tuning", usd=Decimal(20_000), side="edge"),))
        }
    )
    plain, after = (break_even(each, "months", task_class=CLASS).pairs[0] for each in (made, tuned))
    assert plain.cheaper[0].low == 0
    assert not after.cheaper or after.cheaper[0].low > 12


def test_a_class_that_bears_the_one_off_of_its_whole_side_says_so() -> None:
    """By volume one-offs are on neither side, so by months the same class may stand otherwise: the note says why."""
    both = (CLASS, "ticket-triage")
    made = scenarios.scenario("Shared")
    assert {each.name for each in made.workload.task_classes} >= set(both)

    def notes(*classes: str, side: str = "edge") -> str:
        one_off = OneOff(name="tuning", kind="fine_tuning", usd=Decimal(20_000), side=side, task_classes=classes)  # pyright: ignore[reportArgumentType]
        paid = made.model_copy(update={"horizon": Horizon(one_offs=(one_off,))})
        return " ".join(break_even(paid, "months", task_class=CLASS).pairs[0].assumptions)

    for shared in (notes(), notes(*both)):
        assert "This class alone bears all of «tuning» ($20,000), though it serves other classes on devices" in shared
    assert "other classes in the data center as well" in notes(side="datacenter")
    assert "alone" not in notes(CLASS)


def test_what_saves_nothing_never_pays_back() -> None:
    pair = pair_of(view("capacities", "months"), "Rented on-demand")
    assert pair.word == "never"
    assert "running it saves nothing" in pair.sentence


def test_utilization_is_where_the_price_of_a_token_is_the_same() -> None:
    """$/Mtok of one box at that utilization = the metered price of the same mix."""
    made, _ = planned("capacities")
    pair = pair_of(view("capacities", "utilization"), "one box")
    box = next(each for each in made.capacities if each.name == "own-box")
    load = load_of(made, capacity_classes(made, box), box)
    cost = capacity_cost(made, box, load, made.as_of)
    assert cost.units is not None
    assert cost.utilization is not None
    assert cost.effective_usd_per_month is not None
    assert pair.today == pytest.approx(cost.utilization.value)
    assert pair.ours_usd_today == pytest.approx(cost.effective_usd_per_month.value / cost.units, rel=1e-6)
    assert pair.theirs_usd_today is not None
    assert pair.theirs_usd_today * cost.units == pytest.approx(
        pair_of(view("capacities", "volume"), "Owned own-box").theirs_usd_today or 0.0, rel=1e-6
    )


def test_a_promise_breaks_even_at_one_less_its_discount() -> None:
    """prices.md §2: a commitment's break-even utilization is 1 − discount: $38.00 against $55.04 an hour."""
    pair = pair_of(view("capacities", "utilization"), "promise of Rented one-year")
    assert pair.cheaper[0].low == pytest.approx(38 / 55.04)


def test_out_of_reach_is_a_doubt() -> None:
    kinds = {(doubt.kind, doubt.subject) for doubt in view("capacities", "utilization").doubts}
    assert ("BreakEvenOutOfReach", "one PTU of Reserved units-year") in kinds
    assert ("BreakEvenOutOfReach", "one box of Owned own-box") not in kinds


def test_a_device_bought_for_one_class_pays_from_a_utilization_on() -> None:
    made = at_price(priced_profile_scenario(), 4)
    pair = break_even(made, "utilization", task_class=CLASS).pairs[0]
    low = pair.cheaper[0].low
    # At that utilization the device's $/Mtok equals the metered one.
    best = plan(at_volume(made, 1.0)).placements[0]
    metered = next(each for each in best.options if each.side is Side.DATACENTER)
    edge = min(
        (each for each in best.options if each.side is Side.EDGE and each.feasible and each.cost),
        key=lambda each: each.cost.true_usd_per_month.value if each.cost and each.cost.true_usd_per_month else 0.0,
    )
    assert metered.cost is not None
    assert edge.cost is not None
    assert edge.cost.usd_per_mtok_at_full_utilization is not None
    assert metered.cost.usd_per_mtok is not None
    full = next(each for each in edge.cost.hardware_views if each.policy == "full_share")
    per_mtok = 1e6 / (600 + 80)
    assert full.usd_per_request is not None
    capital = full.usd_per_request * per_mtok
    at_low = edge.cost.usd_per_mtok_at_full_utilization.value + capital * (1 / low - 1)
    assert at_low == pytest.approx(metered.cost.usd_per_mtok.value, rel=1e-9)


def test_against_names_an_offer_or_a_capacity() -> None:
    made = capacity_scenario(owned())
    dear = made.model_copy(
        update={"prices": made.prices.model_copy(update={"offers": (*made.prices.offers, offer("acme/other"))})}
    )
    assert {each.theirs for each in break_even(dear, "volume", against="acme/other").pairs} == {"acme/other"}
    boxed = break_even(made, "volume", task_class="archive", against="owned")
    assert [(each.ours, each.theirs) for each in boxed.pairs] == [("Archive tagging on Testbook", owned().title)]


def test_a_class_that_misses_its_slo_on_a_capacity_is_not_weighed_there() -> None:
    """The plan rules the option out, so no comparison may rest on it; what is left out is said with the figure."""
    made = capacity_scenario(_decoding(4))  # chat: 300 tokens in 75 s, its SLO is 60 s
    decided = plan(made)
    for by in QUANTITIES:
        found = break_even(made, by, plan=decided)
        pairs = [each for each in found.pairs if "Owned" in each.ours]
        assert [each.task_classes for each in pairs] == [("archive",)]
        (why,) = [words for words in found.left_out if words.startswith("Chat is not weighed on Owned owned: ")]
        assert "the SLO is 60 s" in why
    one, none = (
        break_even(capacity_scenario(_decoding(4, ttft_s)), "volume", against="owned", task_class="archive")
        for ttft_s in (0.4, 90_000)  # the SLO is a day, 86,400 s
    )
    assert [each.theirs for each in one.pairs] == ["Owned owned"]
    assert none.pairs == ()
    assert any(words.startswith("Archive tagging is not weighed on Owned owned: ") for words in none.left_out)


def _decoding(tok_s: float, ttft_s: float = 0.4) -> Capacity:
    service = RemoteService(ttft_s=scenarios.published(ttft_s, "s"), decode_tok_s=scenarios.published(tok_s, "tok/s"))
    return owned().model_copy(update={"service": service})


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="no task class 'nobody'"):
        view("device", "volume", task_class="nobody")
    with pytest.raises(UnknownNameError, match="no offer and no capacity"):
        view("device", "price", against="nobody/nothing")


def test_where_a_price_rises_another_model_takes_over() -> None:
    made = priced_profile_scenario()
    cheap = at_price(made, 0.05)
    other = offer("acme/other")
    offers = (*cheap.prices.offers, other)
    both = cheap.model_copy(update={"prices": cheap.prices.model_copy(update={"offers": offers})})
    pair = break_even(both, "price", task_class=CLASS).pairs[0]
    assert pair.theirs == "acme/mini"
    assert pair.lowest[0].title == "acme/mini"
    assert pair.lowest[-1].to_x is None


@pytest.mark.parametrize("which", ["device", "capacities"])
@pytest.mark.parametrize("by", QUANTITIES)
def test_every_view_is_whole(which: str, by: By) -> None:
    """Curves adjoin, today's money is on them, sentences speak, and JSON has no nan."""
    found = view(which, by)
    assert found.pairs
    text = found.model_dump_json()
    assert "NaN" not in text
    assert "Infinity" not in text
    assert BreakEvenView.model_validate_json(text) == found
    for pair in found.pairs:
        assert pair.sentence.endswith(".")
        assert "None" not in pair.sentence
        for curve in pair.curves:
            assert curve.segments[0].from_x == 0
            for before, after in zip(curve.segments, curve.segments[1:], strict=False):
                assert before.to_x == after.from_x
        for before, after in zip(pair.lowest, pair.lowest[1:], strict=False):
            assert before.to_x == after.from_x


def test_a_quote_moves_the_crossing() -> None:
    """Break-even rests on the price in force, the user's own quote included."""
    made = priced_profile_scenario()
    price = made.prices.offers[0].prices[0]
    half = price.model_copy(
        update={
            "rates": price.rates.model_copy(
                update={"input_usd_per_mtok": Decimal("0.20"), "output_usd_per_mtok": Decimal("0.80")}
            )
        }
    )
    quote = Quote(sku="acme/mini", author="me", date=made.as_of, reason="negotiated", price=half)
    quoted = made.model_copy(update={"prices": made.prices.model_copy(update={"quotes": (quote,)})})
    plain, cheaper = (break_even(each, "volume", task_class=CLASS).pairs[0].cheaper[0].low for each in (made, quoted))
    assert cheaper > 1.9 * plain


def test_an_evaluation_is_weighed_in() -> None:
    """Where results were evaluated, an accepted result is what counts (CONVENTION §15)."""
    made = priced_profile_scenario()
    evaluated = with_class(
        made,
        acceptances=(
            Acceptance(model="llama-3.2-1b", weight_format="int4", accepted=50, of=100),
            Acceptance(model="qwen2.5-0.5b", weight_format="int4", accepted=50, of=100),
        ),
        failure_usd=Decimal("0.01"),
    )
    plain = break_even(with_class(made, failure_usd=Decimal("0.01")), "volume", task_class=CLASS).pairs[0]
    weighed = break_even(evaluated, "volume", task_class=CLASS).pairs[0]
    assert plain.cheaper
    assert weighed.word == "never"
