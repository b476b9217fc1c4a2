"""SkyPilot's catalog of rented machines: a CSV row a zone, with the marks and habits that make some rows no price."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from pydantic import ValidationError

from planner.errors import DocumentError
from planner.prices.dated import Confidence, Provenance
from planner.prices.importing.findings import Findings
from planner.prices.importing.foreign import plain, typed_amount
from planner.prices.importing.skypilot_machines import GOOGLE_MACHINES, Part, accelerator_of
from planner.prices.kinds.instance import SENTINELS, Accelerator, InstanceOffer, InstancePrice, PurchaseOption

NEEDED = ("InstanceType", "AcceleratorName", "AcceleratorCount", "Price", "SpotPrice", "Region")
DESCRIBING = ("InstanceType", "AcceleratorName", "AcceleratorCount", "GpuInfo", "vCPUs", "MemoryGiB")
MOST_ROWS = 1_000_000
NO_PRICE = "its price is not stated"
WITHOUT_HOST = "an accelerator without its host: no machine of this file is sold with it in that zone"


@dataclass(frozen=True)
class _Row:
    """A row of the catalog, its cells read."""

    line: int
    name: str  # of the accelerator, as the catalog writes it
    count: float
    part: Part
    zone: str
    region: str
    on_demand: Decimal | None  # None: marked as unknown, or empty
    spot: Decimal | None
    spot_is_marked: bool  # a number stood there that is a mark for «unknown»


def read_skypilot(data: bytes, findings: Findings, *, file: str, as_of: date) -> None:
    """Machines with accelerators as instance offers, one a type and region; machines without any are left out."""
    rows = tuple(_rows(data, findings, file))
    bare = {(row.name, row.count, row.zone or row.region): row for row in rows if row.part.is_bare}
    machines: dict[tuple[str, str], list[_Row]] = {}
    attached: set[int] = set()
    for row in rows:
        if row.part.is_bare or not findings.wants(row.part.sku, row.region):
            continue
        whole = _whole(row, bare, attached, findings)
        if whole is not None:
            machines.setdefault((whole.part.sku, whole.region), []).append(whole)
    for row in bare.values():
        if row.line not in attached:
            findings.refuse(f"line {row.line}", WITHOUT_HOST, "Compare whole machines.", sku=row.part.sku)
    provenance = Provenance(
        source=f"SkyPilot catalog ({file})", retrieved=as_of, confidence=Confidence.SECONDARY, license="facts"
    )
    for (sku, region), zones in machines.items():
        try:
            findings.offers.append(_offer(sku, region, zones, provenance, findings))
        except (ValidationError, ValueError) as error:
            findings.refuse_for(error, _lines(zones), sku=sku)


def _rows(data: bytes, findings: Findings, file: str) -> Iterator[_Row]:
    try:
        table = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        header = table.fieldnames or ()
        missing = [name for name in NEEDED if name not in header]
        if missing:
            raise DocumentError(
                f"no column {', '.join(missing)}", where=file, remedy="Name a SkyPilot catalog of machines (vms.csv)."
            )
        for count, cells in enumerate(table):
            if count >= MOST_ROWS:
                raise DocumentError(f"more than {MOST_ROWS:,} rows", where=file, remedy="Import one cloud at a time.")
            row = _row(cells, table.line_num, findings)
            if row is not None:
                yield row
    except (csv.Error, UnicodeDecodeError) as error:
        raise DocumentError(f"not a readable CSV table: {error}", where=file) from error


def _row(cells: Mapping[str | None, str | list[str] | None], line: int, findings: Findings) -> _Row | None:
    where = f"line {line}"
    held = {name: value.strip() for name, value in cells.items() if name is not None and isinstance(value, str)}
    if None in cells or any(held.get(name) is None for name in NEEDED):
        findings.refuse(where, "it has more or fewer cells than the head", "Download the catalog again.")
        return None
    try:
        part = _part(tuple(held.get(name, "") for name in DESCRIBING))
        on_demand, spot = _price(held["Price"]), _price(held["SpotPrice"])
    except (ValidationError, ValueError) as error:
        findings.refuse_for(error, where, sku=held["InstanceType"] or held["AcceleratorName"])
        return None
    if not held["Region"]:
        findings.refuse(where, "it names no region", sku=part.sku)
        return None
    return _Row(
        line=line,
        name=held["AcceleratorName"],
        count=_number(held["AcceleratorCount"]) or 0,
        part=part,
        zone=held.get("AvailabilityZone", ""),
        region=held["Region"],
        on_demand=None if on_demand is None or _is_mark(on_demand) else on_demand,
        spot=None if spot is None or _is_mark(spot) else spot,
        spot_is_marked=spot is not None and _is_mark(spot),
    )


@lru_cache(maxsize=10_000)  # a machine is described anew for every zone
def _part(cells: tuple[str, ...]) -> Part:
    sku, name, count, gpu_info, vcpus, memory_gib = cells
    accelerator = accelerator_of(name, _number(count) or 0, gpu_info) if name else None
    if not sku and accelerator is None:
        raise ValueError("neither a machine nor an accelerator is named")
    is_bare = not sku and accelerator is not None and not accelerator.custom_silicon  # a TPU comes with its host
    return Part(sku or name, accelerator, _number(vcpus), _number(memory_gib), is_bare)


def _number(cell: str) -> float | None:
    return float(typed_amount(cell)) or None if cell else None


def _price(cell: str) -> Decimal | None:
    return plain(typed_amount(cell)) if cell else None


def _is_mark(usd: Decimal) -> bool:
    """Zero, 700 and 9999 say «unknown» in this catalog."""
    return usd == 0 or usd in SENTINELS


def _whole(
    row: _Row, bare: Mapping[tuple[str, float, str], _Row], attached: set[int], findings: Findings
) -> _Row | None:
    """The machine a row sells: itself, or the bare host and its accelerators of the same zone together."""
    where, part = f"line {row.line}", row.part
    sold_with = GOOGLE_MACHINES.get(part.sku) if part.accelerator is None else None
    if part.accelerator is None and sold_with is None:
        findings.left_out += 1
        return None
    if row.on_demand is None and row.spot is None:
        findings.refuse(where, NO_PRICE, "Look it up at the vendor.", sku=part.sku)
        return None
    if sold_with is None:
        return row
    name, count = sold_with
    place = row.zone or row.region
    beside = bare.get((name, count, place))
    if beside is None or beside.on_demand is None or row.on_demand is None:
        reason = f"its {count:g} × {name} have no price in {place}"
        findings.refuse(where, reason, "Look the whole machine up at the vendor.", sku=part.sku)
        return None
    attached.add(beside.line)
    findings.warn("HostAdded", part.sku)
    both = None if beside.spot is None or row.spot is None else beside.spot + row.spot
    return replace(
        row,
        part=replace(part, accelerator=beside.part.accelerator),
        on_demand=row.on_demand + beside.on_demand,
        spot=both,
        spot_is_marked=row.spot_is_marked or beside.spot_is_marked,
    )


def _offer(sku: str, region: str, zones: Sequence[_Row], provenance: Provenance, findings: Findings) -> InstanceOffer:
    parts = {(row.part.accelerator, row.part.vcpus, row.part.memory_gib) for row in zones}
    if len(parts) > 1:
        raise ValueError(f"{sku} is described in several ways in {region}")
    accelerator, vcpus, memory_gib = next(iter(parts))
    return InstanceOffer(
        sku=sku,
        region=region,
        accelerator=_priced_for(accelerator),
        vcpus=vcpus,
        memory_gib=memory_gib,
        prices=tuple(_prices(sku, zones, provenance, findings)),
    )


def _priced_for(accelerator: Accelerator | None) -> Accelerator:
    if accelerator is None:
        raise ValueError("a machine without an accelerator runs no model worth pricing")
    return accelerator


def _prices(sku: str, zones: Sequence[_Row], provenance: Provenance, findings: Findings) -> Iterator[InstancePrice]:
    full = sorted({row.on_demand for row in zones if row.on_demand is not None})
    if len(full) > 1:
        findings.warn("ZonesDiffer", sku)
    if full:
        yield InstancePrice(option=PurchaseOption.ON_DEMAND, usd_per_h=full[-1], provenance=provenance)
    spots = sorted(_spots(sku, zones, findings))
    if spots:
        yield InstancePrice(
            option=PurchaseOption.SPOT,
            usd_per_h=spots[-1],
            usd_per_h_low=spots[0],
            usd_per_h_high=spots[-1],
            provenance=provenance,
            note="Least and most of the zones; the dearest is taken.",
        )


def _spots(sku: str, zones: Iterable[_Row], findings: Findings) -> Iterator[Decimal]:
    for row in zones:
        if row.spot is None:
            if row.spot_is_marked:
                findings.warn("SpotUnknown", sku)
        elif row.on_demand is not None and row.spot == row.on_demand:
            findings.warn("SpotEqualsOnDemand", sku)
        elif row.on_demand is not None and row.spot > row.on_demand:
            findings.warn("SpotUnknown", sku)
        else:
            yield row.spot


def _lines(zones: Sequence[_Row]) -> str:
    numbers = [str(row.line) for row in zones[:3]]
    more = f" and {len(zones) - 3} more" if len(zones) > 3 else ""  # noqa: PLR2004
    return f"line{'s' if len(zones) > 1 else ''} {', '.join(numbers)}{more}"
