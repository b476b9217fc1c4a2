"""Bundled scenarios: complete, marked as samples, and worth opening."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from planner.basis import Basis
from planner.errors import UnknownNameError
from planner.placement.options import Side
from planner.placement.plan import Plan
from planner.planning import plan
from planner.samples.catalog import DEFAULT, default_assumptions, default_sample, sample, sample_names, scenario_for
from planner.scenario import Assumptions
from tests.support.engine import device


@pytest.mark.parametrize("name", sample_names())
def test_every_sample_is_marked_and_places_every_class(name: str) -> None:
    given = sample(name)
    result = _planned(name)
    assert given.is_sample
    assert given.description
    assert result.totals.unplaced == ()


def test_the_default_sample_comes_first_and_is_truly_mixed() -> None:
    assert sample_names()[0] == DEFAULT
    given = default_sample()
    assert given.workload.seats == 400
    assert len(given.workload.task_classes) >= 8
    sides = {each.chosen.side for each in _planned(DEFAULT).placements if each.chosen}
    assert len(sides) == 2


@cache
def _planned(name: str) -> Plan:
    return plan(sample(name))


def _local_share(name: str) -> float:
    placements = _planned(name).placements
    return sum(1 for each in placements if each.chosen and each.chosen.side is Side.EDGE) / len(placements)


def test_the_samples_differ_in_their_answer() -> None:
    assert _local_share("clinic-notes") > 0.8
    assert _local_share("software-house") < 0.2
    chosen = [each.chosen for each in _planned("support-center").placements if each.chosen]
    assert {each.option_id.split(":")[0] for each in chosen} == {"edge", "capacity", "datacenter"}


def test_a_sample_with_capacity_holds_the_offers_it_is_bought_from_and_no_others() -> None:
    given = sample("support-center")
    sold = [each.sku for card in given.rate_cards for each in card.offers if each.kind == "instance"]
    assert sold == [each.how.sku for each in given.capacities if each.how.kind == "instance"]
    assert given.horizon.one_offs


def test_the_sample_s_prices_span_eight_models_of_four_vendors() -> None:
    offers = default_sample().prices.offers
    assert len(offers) >= 8
    assert len({offer.vendor for offer in offers}) >= 4


def test_an_unknown_sample_names_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="office-assistant"):
        sample("office")


def test_assumptions_say_that_they_are_assumed_and_why() -> None:
    stated = {name: figure for name, figure in default_assumptions() if figure is not None}
    assert {name for name, field in Assumptions.model_fields.items() if field.is_required()} <= set(stated)
    for name, figure in stated.items():
        assert figure.basis is Basis.ASSUMED, name
        assert figure.source, name


def test_a_measured_machine_gets_the_bundled_workload_on_every_seat() -> None:
    given = scenario_for((device(),), date(2026, 11, 23))
    assert not given.is_sample
    assert given.fleets[0].count == given.workload.seats
    assert plan(given).placements
