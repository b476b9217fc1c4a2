"""An accelerator's hour from whole machines: median and spread over offers, and nothing where nobody sells it."""

from __future__ import annotations

from datetime import date

import pytest

from planner.basis import Basis
from planner.cost.accelerator_hour import accelerator_hour, offered_hour, own_hour
from planner.errors import PriceError
from planner.prices.rate_cards import all_rate_cards
from tests.support.rate_cards import Plain, card, instance, read

TODAY = date(2026, 11, 25)


def machine(usd: str, count: float = 1, *, region: str = "north", name: str = "H100", **changes: object) -> Plain:
    sku = str(changes.pop("sku", f"{name.lower()}x{count}-{region}"))
    return instance(
        {"option": "on_demand", "usd_per_h": usd},
        sku=sku,
        region=region,
        accelerator={"name": name, "count": count, "memory_gib": 80},
        **changes,
    )


def test_the_median_over_machines_of_that_many() -> None:
    sold = card(machine("2"), machine("3", region="south"), machine("9", region="east"), machine("80", count=8))
    hour = accelerator_hour([sold], "h100", 1, TODAY)
    assert hour.usd_per_h is not None
    assert (hour.usd_per_h.value, hour.usd_per_h.bounds) == (3, (2, 9))
    assert hour.usd_per_h.basis is Basis.PUBLISHED
    assert len(hour.machines) == 3
    assert "Acme Cloud: h100x1-north in north, 1 × H100, $2.00 each" in hour.machines
    assert not hour.doubts


def test_a_machines_price_is_shared_by_its_accelerators() -> None:
    hour = accelerator_hour([card(machine("80", count=8))], "H100", 8, TODAY)
    assert hour.usd_per_h is not None
    assert hour.usd_per_h.value == 10


def test_a_larger_machine_is_a_doubt() -> None:
    """Machines are rented whole (CONVENTION §24): two of eight cost two eighths only where the others work too."""
    hour = accelerator_hour([card(machine("2"), machine("80", count=8))], "H100", 2, TODAY)
    assert hour.usd_per_h is not None
    assert hour.usd_per_h.value == 10
    assert [doubt.kind for doubt in hour.doubts] == ["WholeMachine"]


def test_tpus_are_bought_by_the_chip() -> None:
    hour = accelerator_hour([card(machine("1.20", name="TPU-v5e"))], "TPU-v5e", 8, TODAY)
    assert hour.usd_per_h is not None
    assert hour.usd_per_h.value == 1.2
    assert not hour.doubts


def test_what_nobody_sells_is_unknown_and_not_free() -> None:
    """CONVENTION §3."""
    cards = [card(machine("2"))]
    too_many = accelerator_hour(cards, "H100", 4, TODAY)
    assert too_many.usd_per_h is None
    assert too_many.reason == "no rate card sells a machine with 4 × H100 on demand: none of more than 1"
    assert accelerator_hour(cards, "B200", 1, TODAY).reason.endswith("none at all")


def test_only_rows_in_force_count() -> None:
    over = instance(
        {"option": "on_demand", "usd_per_h": "1", "effective_to": "2026-01-01"},
        {"option": "spot", "usd_per_h": "1"},
        accelerator={"name": "H100", "count": 1},
    )
    assert accelerator_hour([card(over)], "H100", 1, TODAY).usd_per_h is None
    past = accelerator_hour([card(over)], "H100", 1, date(2025, 12, 31)).usd_per_h
    assert past is not None
    assert past.value == 1


def test_an_old_price_is_doubted() -> None:
    old = machine("2")
    old["prices"][0]["provenance"] = read(retrieved="2025-01-02")
    hour = accelerator_hour([card(old)], "H100", 1, TODAY)
    assert [doubt.kind for doubt in hour.doubts] == ["StalePrice"]
    assert "2 Jan 2025" in hour.doubts[0].sentence


def test_a_host_charged_apart_is_added() -> None:
    bare = instance({"option": "on_demand", "usd_per_h": "3"}, sku="host", accelerator=None, vcpus=96, memory_gib=1000)
    apart = machine("40", count=8, region=bare["region"], host_included=False, host_sku="host")
    hour = accelerator_hour([card(apart, bare)], "H100", 8, TODAY)
    assert hour.usd_per_h is not None
    assert hour.usd_per_h.value == pytest.approx(43 / 8)


def test_one_offer_by_name() -> None:
    cards = [card(machine("2", sku="gpu"), machine("3", region="south", sku="gpu"), machine("5", name="L4", sku="l"))]
    south = offered_hour(cards, "gpu", "south", "H100", TODAY).usd_per_h
    assert south is not None
    assert south.value == 3
    with pytest.raises(PriceError, match=r"sold in several places\. Name one of: north, south"):
        offered_hour(cards, "gpu", None, "H100", TODAY)
    with pytest.raises(PriceError, match="l holds L4, not H100"):
        offered_hour(cards, "l", None, "H100", TODAY)
    with pytest.raises(PriceError, match="no machine is called 'x'"):
        offered_hour(cards, "x", None, "H100", TODAY)


def test_a_typed_price_is_as_good_as_a_published_one() -> None:
    usd = own_hour(2.5, TODAY).usd_per_h
    assert usd is not None
    assert (usd.value, usd.bounds, usd.basis) == (2.5, (2.5, 2.5), Basis.PUBLISHED)


def test_the_bundled_cards_price_common_accelerators() -> None:
    """Between what neoclouds and hyperscalers charged in autumn 2026: an H100 from $1 to $13 an hour."""
    hour = accelerator_hour(all_rate_cards(), "H100", 1, TODAY)
    assert hour.usd_per_h is not None
    assert 1 < hour.usd_per_h.bounds[0] < hour.usd_per_h.value < hour.usd_per_h.bounds[1] < 13
    assert len(hour.machines) >= 4
