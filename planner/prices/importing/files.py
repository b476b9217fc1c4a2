"""Which format a price file has, and what it offers in ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from planner.documents import plain_json, plain_toml, read_bytes_capped
from planner.errors import DocumentError, PriceError
from planner.prices.card_checks import card_doubts
from planner.prices.importing.findings import Findings, Imported, ImportReport, is_named
from planner.prices.importing.foreign import foreign_json, rows, table, words
from planner.prices.importing.genai_data import providers_of, read_genai_data
from planner.prices.importing.litellm import SPECIMEN, read_litellm
from planner.prices.importing.own import quotes_of, read_own
from planner.prices.importing.skypilot import read_skypilot
from planner.prices.offers import PriceProfile
from planner.prices.rate_card import RateCard


class FileFormat(StrEnum):
    """Formats that can be imported."""

    AUTO = "auto"
    OWN = "own"
    LITELLM = "litellm"
    GENAI_PRICES = "genai-prices"
    SKYPILOT = "skypilot"


SOURCES = {
    FileFormat.LITELLM: "LiteLLM price map",
    FileFormat.GENAI_PRICES: "genai-prices data",
    FileFormat.SKYPILOT: "SkyPilot catalog",
}
TELLS_HISTORY = frozenset({FileFormat.OWN, FileFormat.GENAI_PRICES})


def read_prices(
    path: Path, *, file_format: FileFormat = FileFormat.AUTO, only: Sequence[str] = (), as_of: date | None = None
) -> Imported:
    """What a price file offers, with its validation report; a PlannerError where it is no price file at all.

    `only` names skus by their beginning or by a pattern («openai/», «*/gpt-5*», «p5.48xlarge@us-east-1»). Foreign files
    carry no day of their own: `as_of` None takes the day the file was last written.
    """
    data = read_bytes_capped(path)
    found = format_of_data(data, path) if file_format is FileFormat.AUTO else file_format
    findings = Findings(only=only)
    if found is FileFormat.OWN:
        return _own(_own_data(data, path), findings, path)
    day = as_of or datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).date()
    if found is FileFormat.SKYPILOT:
        read_skypilot(data, findings, file=path.name, as_of=day)
    else:
        _read_map(foreign_json(data, where=str(path)), found, findings, path, day)
    if not findings.offers and not findings.refused:
        raise _nothing(path, findings)
    return _imported(findings, path, found, f"{SOURCES[found]} ({path.name})", day)


def format_of_data(data: bytes, path: Path) -> FileFormat:
    """The format by what the file holds; refused where it is none of those known."""
    if path.suffix.lower() == ".csv":
        return FileFormat.SKYPILOT
    if path.suffix.lower() == ".toml":
        return FileFormat.OWN
    raw = foreign_json(data, where=str(path))
    held = table(raw)
    if held is not None and words(held.get("format")).startswith("edgewise."):
        return FileFormat.OWN
    if any(rows((table(each) or {}).get("models")) for each in providers_of(raw)):
        return FileFormat.GENAI_PRICES
    if held is not None and (
        SPECIMEN in held or any("litellm_provider" in (table(each) or {}) for each in held.values())
    ):
        return FileFormat.LITELLM
    raise DocumentError(
        "no price format that is known here",
        where=str(path),
        remedy="Import a price profile, a rate card, LiteLLM's price map, genai-prices' data.json or a SkyPilot CSV.",
    )


def _own_data(data: bytes, path: Path) -> Any:
    if path.suffix.lower() == ".toml":
        return plain_toml(data, where=str(path))
    return plain_json(data, where=str(path))


def _own(raw: Any, findings: Findings, path: Path) -> Imported:
    document = read_own(raw, findings, where=str(path))
    if not findings.offers:
        raise _nothing(path, findings)
    day = document.data_as_of if isinstance(document, PriceProfile) else document.provenance.retrieved
    imported = _imported(findings, path, FileFormat.OWN, f"{document.title} ({path.name})", day)
    if isinstance(document, RateCard):
        report = imported.report.model_copy(update={"warnings": card_doubts(document, day)})
        return imported.model_copy(update={"report": report, "card": document})
    quotes = tuple(quote for quote in quotes_of(document) if is_named(quote.sku, findings.only))
    return imported.model_copy(update={"quotes": quotes})


def _read_map(raw: Any, found: FileFormat, findings: Findings, path: Path, day: date) -> None:
    if found is FileFormat.GENAI_PRICES:
        if not providers_of(raw):
            raise DocumentError("it lists no providers", where=str(path), remedy="Name genai-prices' data.json.")
        read_genai_data(raw, findings, file=path.name, as_of=day)
        return
    held = table(raw)
    if held is None:
        raise DocumentError("LiteLLM's map is an object of models", where=str(path))
    read_litellm(held, findings, file=path.name, as_of=day)


def _imported(findings: Findings, path: Path, found: FileFormat, source: str, day: date) -> Imported:
    report = ImportReport(
        file=str(path),
        file_format=found.value,
        source=source,
        as_of=day,
        accepted=len(findings.offers),
        left_out=findings.left_out,
        refused=tuple(findings.refused),
        warnings=findings.doubts(),
    )
    return Imported(report=report, tells_history=found in TELLS_HISTORY, offers=tuple(findings.offers))


def _nothing(path: Path, findings: Findings) -> PriceError:
    if findings.only:
        return PriceError(f"nothing in it is called {' or '.join(findings.only)}", where=str(path))
    return PriceError("it holds no price", where=str(path), remedy="Check that it was downloaded whole.")
