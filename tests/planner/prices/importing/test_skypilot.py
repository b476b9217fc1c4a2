"""SkyPilot's catalog: its marks for «unknown», slices of TPU, hosts priced apart, and spot that is no spot."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from planner.errors import DocumentError
from planner.prices.importing.files import FileFormat, read_prices
from planner.prices.importing.findings import Imported
from planner.prices.kinds.instance import InstanceOffer, PurchaseOption

FOLDER = Path(__file__).parents[3] / "data" / "prices"
DAY = date(2026, 11, 20)


def read(name: str) -> tuple[Imported, dict[tuple[str, str], InstanceOffer]]:
    found = read_prices(FOLDER / f"skypilot-{name}.csv", as_of=DAY)
    offers = [offer for offer in found.offers if isinstance(offer, InstanceOffer)]
    return found, {(offer.sku, offer.region): offer for offer in offers}


def money(offer: InstanceOffer, option: PurchaseOption = PurchaseOption.ON_DEMAND) -> Decimal | None:
    return next((row.usd_per_h for row in offer.prices if row.option is option), None)


def test_whole_machines_with_spot() -> None:
    found, offers = read("nebius")
    assert found.report.file_format == FileFormat.SKYPILOT.value
    assert not found.tells_history
    h100 = offers["gpu-h100-sxm_8gpu-128vcpu-1600gb", "eu-north1"]
    assert h100.accelerator is not None
    assert (h100.accelerator.name, h100.accelerator.count, h100.accelerator.memory_gib) == ("H100", 8, 80)
    assert money(h100) == Decimal("23.60")
    assert money(h100, PurchaseOption.SPOT) == Decimal("10.00")
    assert money(offers["gpu-b200-sxm_8gpu-160vcpu-1792gb", "us-central1"], PurchaseOption.SPOT) is None
    assert h100.prices[0].provenance is not None
    assert h100.prices[0].provenance.retrieved == DAY
    assert found.report.left_out == 1  # the machine without an accelerator


def test_a_host_and_its_accelerators_are_one_machine() -> None:
    """prices.md §2: both rows or refuse; the sum only where one zone sells both."""
    found, offers = read("google")
    machine = offers["a2-highgpu-1g", "us-central1"]
    assert machine.accelerator is not None
    assert (machine.accelerator.name, machine.vcpus, machine.memory_gib) == ("A100-40GB", 12, 85)
    assert money(machine) == Decimal("0.73948") + Decimal("2.93391")
    assert money(machine, PurchaseOption.SPOT) == Decimal("0.36975") + Decimal("1.46695")
    l4 = offers["g2-standard-4", "us-central1"]
    assert money(l4) == Decimal("0.14674") + Decimal("0.56004")
    refused = {each.where: each.reason for each in found.report.refused}
    assert refused["line 3"] == "its 1 × A100 have no price in us-central1-b"
    for line in (5, 6):  # accelerators of a zone without the machine, and those that fit any machine
        assert "an accelerator without its host" in refused[f"line {line}"]
    assert any(doubt.kind == "HostAdded" for doubt in found.report.warnings)


def test_slices_of_tpu_count_chips_though_the_catalog_says_one() -> None:
    """v2 to v4 and v5p are named by cores, two a chip; v5e and v6e by chips."""
    _, offers = read("google")
    counts = {
        sku: (offer.accelerator.name, offer.accelerator.count, offer.accelerator.custom_silicon)
        for (sku, _), offer in offers.items()
        if offer.accelerator is not None and sku.startswith("tpu")
    }
    assert counts == {
        "tpu-v6e-8": ("TPU-v6e", 8, True),
        "tpu-v4-8": ("TPU-v4", 4, True),
        "tpu-v5litepod-4": ("TPU-v5e", 4, True),
    }


def test_700_is_no_price() -> None:
    found, offers = read("google")
    assert ("tpu-v6e-8", "us-central2") not in offers
    assert any(each.where == "line 8" and "not stated" in each.reason for each in found.report.refused)
    assert money(offers["tpu-v6e-8", "southamerica-west1"], PurchaseOption.SPOT) is None
    assert any(doubt.kind == "SpotUnknown" for doubt in found.report.warnings)


def test_spot_at_the_on_demand_price_and_zones_that_differ() -> None:
    found, offers = read("odd")
    a100 = offers["1x_A100-80GB_SECURE", "CA"]
    assert money(a100) == Decimal("1.49")
    assert money(a100, PurchaseOption.SPOT) == Decimal("1.39")  # of the zone where it is below
    assert a100.accelerator is not None
    assert a100.accelerator.memory_gib is None  # 80 under the name of MiB is a slip of the catalog
    kinds = {doubt.kind for doubt in found.report.warnings}
    assert {"SpotEqualsOnDemand", "ZonesDiffer", "SpotUnknown"} <= kinds
    assert money(offers["dear-spot", "US"], PurchaseOption.SPOT) is None


@pytest.mark.parametrize(
    ("sku", "why"),
    [
        ("nothing-stated", "not stated"),
        ("free-lunch", "not stated"),
        ("not-a-number", "must be a number"),
        ("minus", "negative"),
        ("no-region", "no region"),
        ("marked", "not stated"),
    ],
)
def test_rows_that_are_no_price_are_refused(sku: str, why: str) -> None:
    found, offers = read("odd")
    assert all(name != sku for name, _ in offers)
    assert any(each.sku == sku and why in each.reason for each in found.report.refused)


def test_spot_without_on_demand_is_kept_as_such() -> None:
    _, offers = read("odd")
    assert money(offers["spot-only", "US"]) is None
    assert money(offers["spot-only", "US"], PurchaseOption.SPOT) == Decimal("0.30")


def test_another_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(DocumentError, match="no column InstanceType"):
        read_prices(path)
