"""The solver against every choice tried, and what must not change a choice (CONVENTION §16; economics.md §3, §7)."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

import pytest

from planner.placement.optimizer.bought import load_over, units_bought
from planner.placement.optimizer.exhaustive import solve_exhaustively
from planner.placement.optimizer.milp import solve
from planner.placement.optimizer.problem import (
    ALL_HOURS,
    Block,
    Charge,
    Demand,
    Limit,
    Problem,
    Solution,
    Units,
    Way,
    chosen_ways,
)
from planner.placement.optimizer.rows import program
from planner.placement.optimizer.score import load_of, score, units_for

SEEDS = range(400)


def problem(seed: int) -> Problem:
    """Three or four demands on two fleets and in a data center; every second one also with units and a budget."""
    draw = random.Random(seed)
    charges = [Charge(f"fleet-{n}", draw.choice([0.0, 5.0, 40.0, 150.0])) for n in range(2)]
    charges += [
        Charge(f"model-{n}-{m}", draw.choice([0.0, 2.0, 9.0]), {f"memory-{n}": float(draw.randint(1, 6))})
        for n in range(2)
        for m in range(2)
    ]
    demands = tuple(_demand(draw, f"demand-{n}") for n in range(draw.randint(3, 4)))
    limits = [Limit(f"hours-{n}", draw.choice([0.2, 0.5, 1.0])) for n in range(2)]
    limits += [Limit(f"memory-{n}", float(draw.randint(3, 12))) for n in range(2)]
    units = [Units("hosted", 30.0, 1.0, draw.randint(1, 3), draw.choice([None, 20.0, 45.0]))] if seed % 2 else []
    budget = float(draw.randint(50, 400)) if seed % 4 == 1 else None
    return Problem(demands, tuple(limits), tuple(charges), tuple(units), budget)


def _demand(draw: random.Random, name: str) -> Demand:
    if draw.random() < 0.03:
        return Demand(name, ())
    ways = [Way("datacenter", float(draw.randint(10, 200)))] if draw.random() < 0.8 else []
    for n in range(2):
        ways += [
            Way(
                f"edge-{n}-{m}",
                draw.randint(0, 1000) / 10,
                {f"hours-{n}": draw.randint(1, 60) / 100},
                frozenset({f"fleet-{n}", f"model-{n}-{m}"}),
            )
            for m in range(2)
            if draw.random() < 0.7
        ]
    if draw.random() < 0.5:
        ways.append(Way("hosted", draw.randint(0, 200) / 10, {"hosted": draw.randint(1, 150) / 100}))
    return Demand(name, tuple(ways))


def solved(given: Problem) -> Solution:
    found = solve(given)
    assert found is not None
    return found


@pytest.mark.parametrize("group", range(8))
def test_the_solver_finds_what_trying_everything_finds(group: int) -> None:
    for seed in SEEDS[group::8]:
        given = problem(seed)
        ours, theirs = solved(given), solve_exhaustively(given)
        assert ours.unplaced == theirs.unplaced, seed
        assert ours.overrun == pytest.approx(theirs.overrun, rel=1e-9, abs=1e-9), seed
        assert ours.usd == pytest.approx(theirs.usd, rel=1e-9, abs=1e-9), seed
        assert score(given, ours.shares) == (ours.unplaced, ours.overrun, ours.usd)
        assert ours.proven, seed
        assert ours.gap_usd == 0.0, seed


def capacities(seed: int) -> Problem:
    """As above, with two kinds of units: spares, least, steps, blocks of hours, prices over them that differ."""
    draw = random.Random(1000 + seed)
    given = problem(seed)
    curve = (Block(0.05, 2.5), Block(0.25, 1.5), Block(0.3, 1.0), Block(0.4, 0.5))
    units = tuple(
        Units(
            f"units-{n}",
            usd_per_unit=draw.choice([5.0, 20.0, 45.0]),
            load_per_unit=draw.choice([0.2, 0.5, 1.0]),
            most=draw.choice([None, None, None, 2, 6]),
            usd_per_load_over=draw.choice([None, 8.0, 30.0, 90.0]),
            usd_per_load=draw.choice([0.0, 3.0, 12.0]),
            least=draw.choice([0, 1, 1, 3]),
            step=draw.choice([1, 1, 2, 5]),
            spare=draw.choice([0, 0, 1]),
            blocks=curve if draw.random() < 0.7 else ALL_HOURS,
        )
        for n in range(2)
    )
    demands = tuple(replace(each, ways=(*each.ways, *_unit_ways(draw, units))) for each in given.demands)
    return replace(given, demands=demands, units=(*given.units, *units))


def _unit_ways(draw: random.Random, units: tuple[Units, ...]) -> list[Way]:
    ways: list[Way] = []
    for each in units:
        if draw.random() < 0.85:
            load = draw.randint(1, 120) / 100
            over = {each.name: draw.choice([0.0, 0.0, 10.0, 60.0]) * load} if each.usd_per_load_over else {}
            ways.append(Way(f"on-{each.name}", draw.randint(0, 100) / 10, {each.name: load}, over_usd=over))
    return ways


@pytest.mark.parametrize("group", range(8))
def test_whole_units_are_bought_as_trying_everything_buys_them(group: int) -> None:
    """N + spare, least, steps and overflow by blocks of hours, each demand at its own price over the units."""
    for seed in SEEDS[group:240:8]:
        given = capacities(seed)
        ours, theirs = solved(given), solve_exhaustively(given)
        assert ours.unplaced == theirs.unplaced, seed
        assert ours.overrun == pytest.approx(theirs.overrun, rel=1e-9, abs=1e-9), seed
        assert ours.usd == pytest.approx(theirs.usd, rel=1e-9, abs=1e-9), seed
        assert score(given, ours.shares) == (ours.unplaced, ours.overrun, ours.usd)
        assert ours.proven, seed


def by_users(seed: int) -> Problem:
    """As above, and every second kind of units dearer by who is there together, as unlike weeks make them."""
    given = capacities(seed)

    def priced(units: Units) -> Units:
        draw = random.Random(f"{seed} {units.name}")
        pairs = {pair: draw.choice([0.0, 0.0, 15.0, 60.0]) for pair in combinations(range(4), 2)}
        load = {each.name: {way.name: way for way in each.ways}.get(f"on-{units.name}") for each in given.demands}

        def usd(users: frozenset[str]) -> tuple[int, float]:
            there = [way for name, way in load.items() if way is not None and name in users]
            asked = sum(way.uses[units.name] for way in there)
            number, paid = units_bought(units, asked, sum(way.over_usd.get(units.name, 0.0) for way in there))
            numbers = sorted(int(name.rsplit("-")[-1]) for name in users)
            return number, paid + sum(pairs[pair] for pair in combinations(numbers, 2))

        return replace(units, priced=usd)

    draw = random.Random(f"{seed} hours")

    def used(way: Way, name: str) -> Way:
        """In each of two hours it needs no more units than its whole load does."""
        load = {each.name: each.load_per_unit for each in given.units}
        peaks = {
            units: tuple(amount / load[units] * draw.random() for _ in range(2))
            for units, amount in way.uses.items()
            if units.startswith("units")
        }
        return replace(way, user=name, peaks=peaks)

    units = tuple(priced(each) if each.name.startswith("units") and each.most is None else each for each in given.units)
    demands = tuple(replace(each, ways=tuple(used(way, each.name) for way in each.ways)) for each in given.demands)
    return replace(given, units=units, demands=demands)


@pytest.mark.parametrize("group", range(4))
def test_units_that_are_priced_by_their_users_are_too(group: int) -> None:
    for seed in SEEDS[group:100:4]:
        given = by_users(seed)
        ours, theirs = solved(given), solve_exhaustively(given)
        assert ours.unplaced == theirs.unplaced, seed
        assert ours.overrun == pytest.approx(theirs.overrun, rel=1e-9, abs=1e-9), seed
        assert ours.usd == pytest.approx(theirs.usd, rel=1e-9, abs=1e-9), seed
        assert ours.proven, seed


def test_the_random_units_are_shared_and_overflow() -> None:
    """The oracle is worth something only where units decide: bought at all, by several demands, and gone over."""
    bought, shared, over = 0, 0, 0
    for seed in SEEDS[:80]:
        given = capacities(seed)
        used = chosen_ways(given, solved(given).shares)
        for units in given.units:
            load = load_of(used, units.name)
            number, _ = units_for(units, used)
            bought += number > 0
            shared += sum(bool(way.uses.get(units.name)) for way, _ in used) > 1
            over += load_over(units, load, number) > 0
    assert min(bought, shared, over) >= 10, (bought, shared, over)


def test_units_are_priced_by_the_rows_alone() -> None:
    """But for those that are priced by their users, or that carry a load for more than it costs to let it over."""
    given = capacities(3)
    assert set(program(given).dearer) == {
        each.name for each in given.units if each.usd_per_load > (each.usd_per_load_over or 1e9)
    }
    assert set(program(by_users(3)).dearer) >= {each.name for each in by_users(3).units if each.priced}


def test_the_random_problems_overrun_and_fit_and_pay() -> None:
    """The oracle is worth something only where limits bind: some problems fit, some cannot, some pay for a fleet."""
    found = [solve_exhaustively(problem(seed)) for seed in SEEDS[:60]]
    assert {each.overrun > 0 for each in found} == {True, False}
    assert {any(way.startswith("edge") for way in each.homes.values()) for each in found} == {True, False}
    assert {each.unplaced > 0 for each in found} == {True, False}


@pytest.mark.parametrize("seed", range(30))
def test_money_times_anything_chooses_the_same(seed: int) -> None:
    given = problem(seed)
    for factor in (0.001, 7.0, 1e6):
        times = replace(
            given,
            demands=tuple(
                replace(each, ways=tuple(replace(way, usd=way.usd * factor) for way in each.ways))
                for each in given.demands
            ),
            charges=tuple(replace(each, usd=each.usd * factor) for each in given.charges),
            units=tuple(
                replace(
                    each,
                    usd_per_unit=each.usd_per_unit * factor,
                    usd_per_load_over=None if each.usd_per_load_over is None else each.usd_per_load_over * factor,
                )
                for each in given.units
            ),
            budget_usd=None if given.budget_usd is None else given.budget_usd * factor,
        )
        assert solved(times).usd == pytest.approx(factor * solved(given).usd, rel=1e-9)


@pytest.mark.parametrize("seed", range(30))
def test_the_order_of_entry_decides_nothing(seed: int) -> None:
    given = problem(seed)
    turned = replace(
        given,
        demands=tuple(replace(each, ways=each.ways[::-1]) for each in given.demands[::-1]),
        limits=given.limits[::-1],
        charges=given.charges[::-1],
    )
    assert solved(turned).homes == solved(given).homes
    assert solved(given) == solved(given)


@pytest.mark.parametrize("seed", range(30))
def test_a_dominated_way_changes_nothing_and_a_relaxed_limit_never_costs(seed: int) -> None:
    given = problem(seed)
    best = solved(given)
    worse = tuple(
        replace(
            each, ways=(*each.ways, *(replace(way, name=f"{way.name}-worse", usd=way.usd + 1) for way in each.ways))
        )
        for each in given.demands
    )
    assert solved(replace(given, demands=worse)).homes == best.homes
    wider = replace(given, limits=tuple(replace(each, amount=each.amount * 1.3) for each in given.limits))
    relaxed = solved(wider)
    assert relaxed.overrun <= best.overrun + 1e-9
    if relaxed.overrun == best.overrun == 0:
        assert relaxed.usd <= best.usd * (1 + 1e-12)


@pytest.mark.parametrize("seed", range(12))
def test_barring_choices_gives_the_next_best_in_order(seed: int) -> None:
    given = replace(problem(seed), budget_usd=None)
    seen: list[dict[str, str]] = []
    for _ in range(4):
        ours = solve(replace(given, barred=tuple(seen)))
        assert ours is not None
        theirs = solve_exhaustively(replace(given, barred=tuple(seen)))
        assert (ours.overrun, ours.usd) == pytest.approx((theirs.overrun, theirs.usd), rel=1e-9, abs=1e-9)
        assert ours.homes not in seen
        seen.append(ours.homes)


def test_nothing_is_left_when_every_choice_is_barred() -> None:
    only = Problem((Demand("a", (Way("x", 1.0),)),), barred=({"a": "x"},))
    assert solve(only) is None
    with pytest.raises(ValueError, match="barred"):
        solve_exhaustively(only)


def test_resident_models_share_a_memory() -> None:
    """Each demand's own cheapest model fits alone; the two do not fit together, so one model serves both."""
    memory = Limit("memory", 5.0)
    models = (Charge("small", 0.0, {"memory": 3.0}), Charge("large", 0.0, {"memory": 4.0}))
    ways = [
        (Way("small", 1.0, charges=frozenset({"small"})), Way("large", 3.0, charges=frozenset({"large"}))),
        (Way("small", 4.0, charges=frozenset({"small"})), Way("large", 1.0, charges=frozenset({"large"}))),
    ]
    both = Problem((Demand("a", ways[0]), Demand("b", ways[1])), (memory,), models)
    found = solved(both)
    assert found.homes == {"a": "large", "b": "large"}
    assert found.usd == 4.0
    assert solved(replace(both, limits=(Limit("memory", 7.0),))).usd == 2.0


def test_a_shared_demand_overflows_into_its_second_home() -> None:
    """60 % fit the device's hours and the rest goes to the data center: 0.6 × 1 + 0.4 × 10, by hand."""
    ways = (Way("edge", 1.0, {"hours": 1.0}), Way("datacenter", 10.0))
    shared = Problem((Demand("a", ways, homes=2),), (Limit("hours", 0.6),))
    found = solved(shared)
    assert found.shares["a"] == pytest.approx({"edge": 0.6, "datacenter": 0.4})
    assert found.usd == pytest.approx(4.6)
    assert solved(replace(shared, demands=(Demand("a", ways),))).usd == 10.0


def test_two_homes_never_cost_more_than_one() -> None:
    for seed in range(30):
        given = replace(problem(seed), units=(), budget_usd=None)
        shared = replace(given, demands=tuple(replace(each, homes=2) for each in given.demands))
        one, two = solved(given), solved(shared)
        assert two.overrun <= one.overrun + 1e-7
        if one.overrun == 0:
            assert two.usd <= one.usd * (1 + 1e-9)
        assert all(sum(ways.values()) == pytest.approx(1) for ways in two.shares.values())


def hard_problem() -> Problem:
    draw = random.Random(7)
    ways = {
        n: tuple(
            Way(f"edge-{m}", draw.random() * 10, {"hours": 0.05 + draw.random()}, frozenset({f"model-{m}"}))
            for m in range(6)
        )
        for n in range(30)
    }
    return Problem(
        tuple(Demand(f"d{n}", (*ways[n], Way("datacenter", 20 + draw.random() * 10))) for n in range(30)),
        (Limit("hours", 4.0), Limit("memory", 3.0)),
        tuple(Charge(f"model-{m}", 3.0, {"memory": 1.0}) for m in range(6)),
    )


def test_a_search_that_is_stopped_keeps_the_best_it_has_and_its_gap(capfd: pytest.CaptureFixture[str]) -> None:
    """Stopped by its limit of work or by the user, who is asked all the while; and nothing is printed."""
    hard = hard_problem()
    best = solved(hard)
    assert best.proven
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return True

    for stopped in (solve(hard, most_nodes=0), solve(hard, stop=stop)):
        assert stopped is not None
        assert stopped.overrun == 0
        assert 0 <= stopped.gap_usd <= stopped.usd
        assert stopped.usd - stopped.gap_usd <= best.usd * (1 + 1e-9)
        assert stopped.proven is (stopped.gap_usd == 0)
    assert asked
    assert not solve(hard, stop=stop).proven  # pyright: ignore[reportOptionalMemberAccess]
    assert solve(hard, stop=lambda: False) == best
    assert capfd.readouterr() == ("", "")


def test_the_solver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """A banner on the standard output would spoil every --json."""
    assert any(solved(problem(seed)).nodes for seed in range(5))
    assert capfd.readouterr() == ("", "")
