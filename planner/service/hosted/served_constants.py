"""Constants of an accelerator from one's own load test, as a document, and which of their ends hold for which use."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal

from pydantic import Field

from planner import text
from planner.basis import Doubt, Quantity
from planner.documents import Frozen, read_document, save_document
from planner.errors import DocumentError
from planner.service.hosted.constants import BAND_OTHER_PRECISION, Constants, Known, banded
from planner.service.hosted.deployment import Deployment
from planner.service.hosted.fitting import LEAST_ROWS
from planner.units import Unit

FORMAT = "edgewise.served-constants"
ALIKE = 2.0  # times shorter or longer than the sweep's requests, and still like them


class SweptRow(Frozen):
    """A steady state of the sweep beside what the fitted constants make of it."""

    tool: str
    concurrency: float = Field(gt=0)
    input_tokens: float = Field(gt=0)
    output_tokens: float = Field(gt=0)
    output_tok_s: float = Field(gt=0)
    fitted_tok_s: float = Field(gt=0)
    tpot_s: float | None = None  # None: not timed
    fitted_tpot_s: float
    ttft_s: float | None = None
    fitted_ttft_s: float  # known to ± 40 % only

    @property
    def error(self) -> float:
        """Fitted over measured throughput, less 1."""
        return self.fitted_tok_s / self.output_tok_s - 1


class ServedConstants(Frozen):
    """Constants of an accelerator and engine from one's own sweep, with the sweep and what to doubt about it.

    Overhead and bandwidth are told apart by no sweep of one model, only what they take together: the ends of
    `constants` hold for loads like the sweep's when all move together, those of `elsewhere` for each by itself.
    """

    format: Literal["edgewise.served-constants"] = FORMAT
    version: Literal[1] = 1
    model: str  # whose sweep it was
    weight_format: str
    accelerators: int = Field(gt=0)  # of one replica
    constants: Constants  # for this model, format and count, and requests like the sweep's
    elsewhere: Constants  # for anything else on this accelerator under this engine
    sweep: tuple[SweptRow, ...] = Field(min_length=LEAST_ROWS)
    doubts: tuple[Doubt, ...] = ()


def load_served_constants(path: Path) -> ServedConstants:
    """Read such a document strictly."""
    return read_document(path, ServedConstants)


def save_served_constants(path: Path, document: ServedConstants) -> None:
    """Save it as JSON, atomically, keeping backups of what stood there."""
    save_document(path, document)


def constants_for_use(
    document: ServedConstants, placed: Deployment, input_tokens: float, output_tokens: float
) -> tuple[Constants, tuple[Doubt, ...]]:
    """The document's constants for a replica and its requests, and what to doubt about that use.

    Refused for another accelerator or engine; with each constant's own ends for other models, counts and lengths, and
    wider ones at another precision.
    """
    own = document.constants
    if (own.accelerator, own.engine) != (placed.spec.name, placed.engine):
        raise DocumentError(
            f"the constants are of {own.accelerator} under {own.engine}, not of {placed.spec.name} under "
            f"{placed.engine}",
            where="--constants",
            remedy="Leave the file out, or import a sweep of that one.",
        )
    unlike = _unlike(document, placed, input_tokens, output_tokens)
    if not unlike:
        return own, ()
    precision = placed.spec.computes(placed.model.precision)
    used = document.elsewhere if own.precision is precision else _widened(document.elsewhere)
    return used.model_copy(update={"precision": precision}), (
        Doubt(
            kind="UnlikeTheSweep",
            subject=f"{own.accelerator}, {own.engine}",
            sentence=f"The sweep was of {'; '.join(unlike)}: its constants are carried over, in wider bands.",
            advice="Sweep what you want to know.",
        ),
    )


def beyond_sweep(document: ServedConstants, most_in_flight: int) -> tuple[Doubt, ...]:
    """A doubt where more is asked to be in flight than twice what the sweep went to."""
    most = max(row.concurrency for row in document.sweep)
    if most_in_flight <= ALIKE * most:
        return ()
    return (
        Doubt(
            kind="BeyondTheSweep",
            subject=f"{document.constants.accelerator}, {document.constants.engine}",
            sentence=(
                f"The sweep went to {text.significant(most)} in flight; figures up to {most_in_flight:,} are carried "
                "on from there."
            ),
            advice="Sweep to as many as the cache holds.",
        ),
    )


def _unlike(
    document: ServedConstants, placed: Deployment, input_tokens: float, output_tokens: float
) -> tuple[str, ...]:
    """In what the sweep was of something else."""
    prompts = [row.input_tokens for row in document.sweep]
    answers = [row.output_tokens for row in document.sweep]
    swept = (document.model, document.weight_format, document.accelerators)
    said = f"{document.model} {document.weight_format} on {document.accelerators} × {document.constants.accelerator}"
    found: list[str] = []
    if swept != (placed.model.name, placed.weight_format.name, placed.accelerators):
        found.append(said)
    for name, tokens, asked in (("input", prompts, input_tokens), ("output", answers, output_tokens)):
        if not min(tokens) / ALIKE <= asked <= max(tokens) * ALIKE:
            least, most = text.significant(min(tokens)), text.significant(max(tokens))
            found.append(f"{least if least == most else f'{least} to {most}'} {name} tokens")
    return tuple(found)


def _widened(own: Constants) -> Constants:
    """At another precision: each end at least as far as bundled constants have it there."""

    def wide(figure: Quantity, unit: Unit, most: float = math.inf) -> Quantity:
        far = banded(figure.value, unit, BAND_OTHER_PRECISION, source=figure.source, as_of=own.as_of, most=most)
        ends = (*far.bounds, *figure.bounds)
        return far.model_copy(update={"low": min(ends), "high": max(ends)})

    return own.model_copy(
        update={
            "known": Known.PRECISION,
            "eta_m": wide(own.eta_m, "share", 1.0),
            "eta_c": wide(own.eta_c, "share", 1.0),
            "t0_s": wide(own.t0_s, "s"),
            "tau_s": wide(own.tau_s, "s"),
        }
    )
