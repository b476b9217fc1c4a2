"""`edgewise price`: what one usage costs at a token offer, to the last digit, with the rows used."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from pydantic import BaseModel

from planner import text
from planner.cli.console import Column, say, say_heading, say_json, say_table
from planner.cli.moments import DAY_HINT, HOUR_HINT, day_of, hour_of
from planner.cli.names import format_of, is_file_name
from planner.documents import read_document
from planner.errors import PriceError
from planner.prices.answer import PriceAnswer, price_answer
from planner.prices.list_prices import data_source, list_offer
from planner.prices.managed import data_day
from planner.prices.offers import PriceProfile, Quote, TokenOffer, Variant
from planner.prices.rate_cards import load_rate_card, rate_card
from planner.prices.usage import TokenUsage

PROFILE_FORMAT = "edgewise.price-profile"


@dataclass(frozen=True)
class _Sold:
    """The token offers of a document, and the quotes over them."""

    where: str
    offers: tuple[TokenOffer, ...]
    quotes: tuple[Quote, ...] = ()


def command(
    *,
    sku: Annotated[
        str | None,
        typer.Option("--sku", metavar="VENDOR/MODEL", help="A model of the bundled price data, or of the rate card."),
    ] = None,
    card: Annotated[
        str | None,
        typer.Option(
            "--rate-card", metavar="FILE|NAME", help="Price a token offer of this rate card or price profile."
        ),
    ] = None,
    input_tokens: Annotated[
        int, typer.Option("--input", min=0, help="All input tokens of one request, cached and written ones included.")
    ] = 0,
    cached: Annotated[int, typer.Option("--cached", min=0, help="Of the input: read from a prompt cache.")] = 0,
    written: Annotated[int, typer.Option("--written", min=0, help="Of the input: written to a cache.")] = 0,
    written_1h: Annotated[
        int, typer.Option("--written-1h", min=0, help="Of the input: written to be kept for an hour.")
    ] = 0,
    output_tokens: Annotated[int, typer.Option("--output", min=0, help="All output tokens, reasoning included.")] = 0,
    reasoning: Annotated[int, typer.Option("--reasoning", min=0, help="Of the output: reasoning tokens.")] = 0,
    requests: Annotated[int, typer.Option("--requests", min=1, help="So many requests alike.")] = 1,
    batch: Annotated[bool, typer.Option("--batch", help="The same as --variant batch.")] = False,
    variant: Annotated[
        Variant | None, typer.Option("--variant", help="How the request is processed; standard where left out.")
    ] = None,
    on: Annotated[str | None, typer.Option("--on", metavar=DAY_HINT, help="The day; today where left out.")] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar=HOUR_HINT, help="The hour in UTC, where the price depends on it."),
    ] = None,
    residency: Annotated[
        str | None, typer.Option("--residency", metavar="PLACE", help="Keep requests there, as in EU.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON on stdout.")] = False,
) -> None:
    """Price one usage exactly: no rounding, the rows used with their days and sources, and prices that lie ahead."""
    if batch and variant is not None and variant is not Variant.BATCH:
        raise typer.BadParameter(f"--batch and --variant {variant.value} contradict each other")
    sold = _sold(card) if card is not None else _listed(sku)
    offer = _chosen(sold, sku)
    usage = TokenUsage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cached_tokens=cached,
        written_tokens=written,
        written_1h_tokens=written_1h,
        reasoning_tokens=reasoning,
        requests=requests,
    )
    if not input_tokens and not output_tokens:
        raise typer.BadParameter("name the tokens to price, as in --input 1000 --output 200")
    answer = price_answer(
        offer,
        usage,
        on=day_of(on, "--on") or date.today(),
        variant=Variant.BATCH if batch else variant or Variant.STANDARD,
        at=hour_of(at, "--at"),
        residency=residency,
        quotes=sold.quotes,
    )
    if as_json:
        say_json(_plain(answer))
    else:
        _show(answer)


def _listed(sku: str | None) -> _Sold:
    if sku is None:
        raise typer.BadParameter("name --sku VENDOR/MODEL, or a --rate-card")
    return _Sold(data_source(), (list_offer(sku, data_day()),))


def _sold(name: str) -> _Sold:
    """A rate card or price profile by file, or a bundled rate card by name."""
    if is_file_name(name) and format_of(Path(name)) == PROFILE_FORMAT:
        profile = read_document(Path(name), PriceProfile)
        return _Sold(name, profile.offers, profile.quotes)
    known = load_rate_card(Path(name)) if is_file_name(name) else rate_card(name)
    offers = tuple(offer for offer in known.offers if isinstance(offer, TokenOffer))
    if not offers:
        raise PriceError("it holds no token offer", where=name, remedy="Name a card with prices per token.")
    return _Sold(name, offers)


def _chosen(sold: _Sold, sku: str | None) -> TokenOffer:
    by_sku = {offer.sku: offer for offer in sold.offers}
    if sku is None and len(by_sku) == 1:
        return sold.offers[0]
    if sku in by_sku:
        return by_sku[sku]
    near = difflib.get_close_matches(sku or "", by_sku, n=4, cutoff=0.5) or list(by_sku)[:4]
    what = "it holds several token offers" if sku is None else f"it has no token offer {sku!r}"
    raise PriceError(what, where=sold.where, remedy=f"Name one with --sku: {', '.join(near)}.")


def _show(answer: PriceAnswer) -> None:
    total = f"${text.exact(answer.total_usd)}"
    when = text.day(answer.on) if answer.at is None else f"{text.day(answer.on)}, {answer.at:%H:%M} UTC"
    kind = "own quote" if answer.quoted else f"{answer.variant.value} price"
    say(f"{total} at {answer.title} ({answer.sku}), {kind} of {when}.")
    if answer.above_input_tokens is not None:
        say(f"The whole request pays the rates above {answer.above_input_tokens:,} input tokens.")
    say("")
    columns = (Column("What"), *(Column(title, numeric=True) for title in ("Quantity", "Unit price", "USD")))
    rows = answer.costing.rows
    say_table(
        columns,
        [
            (
                row.what,
                f"{text.exact(row.quantity)} {row.unit}{'s' if row.quantity != 1 else ''}",
                f"${text.exact(row.unit_price_usd)}" + ("/Mtok" if row.unit == "token" else ""),
                text.exact(row.effective_usd),
            )
            for row in rows
        ],
    )
    holds = _holds(answer.price.effective_from, answer.price.effective_to, introductory=answer.price.introductory)
    sources = dict.fromkeys(f"{row.source}{f', {row.source_url}' if row.source_url else ''}" for row in rows)
    say(f"\nHolds {holds}. Source: {'; '.join(sources) or 'nothing was charged'}.")
    _show_rest(answer)


def _show_rest(answer: PriceAnswer) -> None:
    if answer.ahead:
        say_heading("Prices ahead")
        for later in answer.ahead:
            then = "depends on the hour" if later.total_usd is None else f"costs ${text.exact(later.total_usd)}"
            say(f"· From {text.day(later.price.effective_from)} the same usage {then}.")
    elif answer.price.effective_to is not None:
        say_heading("Prices ahead")
        say(f"· No price is known from {text.day(answer.price.effective_to)} on.")
    remarks = [f"{doubt.sentence} {doubt.advice}" for doubt in answer.costing.warnings]
    remarks += [note for note in (answer.price.note, answer.note) if note]
    if remarks:
        say_heading("Remarks")
        for remark in remarks:
            say(f"· {remark}")


def _holds(start: date | None, end: date | None, *, introductory: bool) -> str:
    since = "since a day not stated" if start is None else f"from {text.day(start)}"
    until = "" if end is None else f" until {text.day(end)}"
    return f"{since}{until}{' (introductory)' if introductory else ''}"


def _plain(value: object) -> Any:
    """As JSON, money written out in full: «0.0000004» and never «4E-7»."""
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in cast("dict[str, object]", value).items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in cast("Sequence[object]", value)]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, (date, datetime, time)) else value
