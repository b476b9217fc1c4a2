"""`edgewise prices import`: a price file checked, its difference shown, and taken over on request only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from planner import text
from planner.cli.console import say, say_json, tell
from planner.cli.moments import DAY_HINT, day_of
from planner.cli.names import require_writable
from planner.cli.price_words import show_difference, show_report
from planner.cli.priced import card_of, place_to_write, price_document, with_card, with_prices, write
from planner.documents import Frozen
from planner.errors import PriceError
from planner.prices.differences import PriceDifference, apply_difference, difference
from planner.prices.importing.files import FileFormat, read_prices
from planner.prices.importing.findings import Imported
from planner.prices.offers import PriceProfile, TokenOffer
from planner.prices.rate_card import RateCard
from planner.prices.refresh import installed_prices
from planner.scenario import Scenario


@dataclass(frozen=True)
class _Outcome:
    """What an import would do to a document, and the document after it."""

    difference: PriceDifference | None  # None: a whole rate card is new to the scenario
    document: Frozen
    words: str = ""


def command(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            show_default=False,
            help="A price profile or rate card of ours, LiteLLM's map, genai-prices' data.json, a SkyPilot CSV.",
        ),
    ] = None,
    *,
    installed: Annotated[
        bool,
        typer.Option("--installed-genai-prices", help="In place of a file: the list prices of the installed package."),
    ] = False,
    into: Annotated[
        str | None,
        typer.Option(
            "--into", metavar="SCENARIO|CARD", help="A scenario, a rate card or a price profile, by file or name."
        ),
    ] = None,
    card: Annotated[
        str | None,
        typer.Option("--card", metavar="NAME", help="Machines into a scenario: the rate card they belong to."),
    ] = None,
    file_format: Annotated[
        FileFormat, typer.Option("--format", help="Which format the file has; auto looks into it.")
    ] = FileFormat.AUTO,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="SKU", help="Only these, by beginning or pattern; may be repeated."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar=DAY_HINT, help="The day the data are of; the file's own day where left out."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar=DAY_HINT, help="Since when undated prices hold; the day the data are of."),
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Take the changes over. Without it nothing is written.")] = (
        False
    ),
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write there, not back into the document's own file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print report and difference as JSON on stdout.")] = False,
) -> None:
    """Check a price file and show what it would change; with --apply take it over. Replaced rows stay as history.

    New offers are added where --only names them, to a rate card, or from a document of ours.
    """
    if (file is None) != installed:
        raise typer.BadParameter("name either a FILE or --installed-genai-prices")
    if apply and into is None:
        raise typer.BadParameter("--apply needs --into")
    path = place_to_write(into, out) if apply and into is not None else None
    if path is not None:
        require_writable(path)
    held = None if into is None else price_document(into)
    day = day_of(as_of, "--as-of")
    imported = _read(file, held, tuple(only or ()), file_format, day)
    outcome = None
    if held is not None:
        add = bool(only) or imported.report.file_format == FileFormat.OWN.value
        outcome = _outcome(held, imported, day_of(since, "--from") or imported.report.as_of, card, add=add)
    if as_json:
        say_json(_json(imported, outcome, applied=path is not None))
    else:
        _show(imported, outcome)
    if outcome is None or path is None:
        if outcome is not None:
            tell("Nothing was changed; add --apply to take it over.")
        return
    if outcome.difference is not None and outcome.difference.is_empty and out is None:
        tell("There is nothing to change.")
        return
    write(path, outcome.document)
    _tell_of_day(held, outcome)
    tell(f"Written: {path}")


def _read(
    file: Path | None, held: Frozen | None, only: tuple[str, ...], file_format: FileFormat, day: date | None
) -> Imported:
    if file is not None:
        return read_prices(file, file_format=file_format, only=only, as_of=day)
    if isinstance(held, Scenario):
        return installed_prices(held.prices, only=only, as_of=day)
    if isinstance(held, PriceProfile):
        return installed_prices(held, only=only, as_of=day)
    raise typer.BadParameter("--installed-genai-prices goes --into a scenario or a price profile")


def _outcome(held: Frozen, imported: Imported, on: date, card: str | None, *, add: bool) -> _Outcome:
    if isinstance(held, RateCard):
        found = difference(held, imported, on)
        return _Outcome(found, apply_difference(held, found))
    if isinstance(held, PriceProfile):
        found = difference(held, imported, on, add=add)
        return _Outcome(found, apply_difference(held, found))
    if not isinstance(held, Scenario):
        raise AssertionError(type(held).__name__)
    if imported.card is None and all(isinstance(offer, TokenOffer) for offer in imported.offers):
        found = difference(held.prices, imported, on, add=add)
        return _Outcome(found, with_prices(held, apply_difference(held.prices, found)))
    return _into_a_card(held, imported, on, card)


def _into_a_card(scenario: Scenario, imported: Imported, on: date, card: str | None) -> _Outcome:
    """Offers of other kinds belong in one of the scenario's rate cards."""
    read = imported.card
    if read is not None and (card is None or card == read.profile_id):
        own = next((each for each in scenario.rate_cards if each.profile_id == read.profile_id), None)
        if own is None:
            words = f"The rate card {read.profile_id} with {len(read.offers):,} offers is new to the scenario."
            return _Outcome(None, with_card(scenario, read), words)
        card = own.profile_id
    if card is None:
        names = ", ".join(each.profile_id for each in scenario.rate_cards)
        raise PriceError(
            "machines belong in a rate card, and the scenario does not say which",
            remedy=f"Name one with --card: {names or 'a bundled one, such as aws-ec2'}.",
        )
    held = card_of(scenario, card)
    found = difference(held, imported, on)
    return _Outcome(found, with_card(scenario, apply_difference(held, found)))


def _show(imported: Imported, outcome: _Outcome | None) -> None:
    show_report(imported.report)
    if outcome is None:
        return
    if outcome.difference is None:
        say(outcome.words)
    else:
        show_difference(outcome.difference)


def _tell_of_day(held: Frozen | None, outcome: _Outcome) -> None:
    found = outcome.difference
    if isinstance(held, Scenario) and found is not None and found.on > held.as_of:
        tell(
            f"The scenario speaks of {text.day(held.as_of)}: undated prices that hold from {text.day(found.on)} on do "
            "not touch its plan until its as_of reaches that day (or name an earlier day with --from)."
        )


def _json(imported: Imported, outcome: _Outcome | None, *, applied: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"report": imported.report.model_dump(mode="json"), "applied": applied}
    if outcome is not None and outcome.difference is not None:
        shown = outcome.difference.model_dump(mode="json", exclude={"changes": {"__all__": {"before", "after"}}})
        for change, plain in zip(outcome.difference.changes, shown["changes"], strict=True):
            for step, each in zip(change.steps, plain["steps"], strict=True):
                each["percent"] = step.percent
        told["difference"] = shown
    elif outcome is not None:
        told["new_card"] = outcome.words
    return told
