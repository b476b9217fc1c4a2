"""`edgewise prices quote`: a user's own price for an offer, with author, day and reason."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from planner import text
from planner.cli.console import say, say_json, tell
from planner.cli.moments import DAY_HINT, day_of
from planner.cli.names import draft_named, require_writable
from planner.cli.price_words import money
from planner.cli.priced import place_to_write, with_prices, write
from planner.errors import PriceError
from planner.prices.freshness import quote_holds
from planner.prices.kinds.instance import PurchaseOption
from planner.prices.offers import Quote, TokenPrice, TokenRates, Variant
from planner.prices.quotes import offer_named, with_quote
from planner.prices.rate_cards import all_rate_cards
from planner.prices.shelf import cards_in_force
from planner.scenario import Scenario


def command(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", show_default=False, help="A scenario file or a sample.")
    ],
    *,
    sku: Annotated[str, typer.Option("--sku", help="The offer the quote is for.")],
    author: Annotated[str, typer.Option("--author", help="Who got the quote.")],
    reason: Annotated[str, typer.Option("--reason", help="What it rests on, as in «framework contract 4711».")],
    input_usd: Annotated[str | None, typer.Option("--input", metavar="USD", help="Per million input tokens.")] = None,
    output_usd: Annotated[
        str | None, typer.Option("--output", metavar="USD", help="Per million output tokens.")
    ] = None,
    cached_usd: Annotated[
        str | None, typer.Option("--cached", metavar="USD", help="Per million cached input tokens.")
    ] = None,
    written_usd: Annotated[
        str | None, typer.Option("--written", metavar="USD", help="Per million tokens written to a cache.")
    ] = None,
    variant: Annotated[Variant, typer.Option("--variant", help="How requests are processed at that price.")] = (
        Variant.STANDARD
    ),
    usd_per_h: Annotated[
        str | None, typer.Option("--usd-per-h", metavar="USD", help="For an hour of a rented machine.")
    ] = None,
    option: Annotated[
        PurchaseOption, typer.Option("--option", help="How that machine is bought.")
    ] = PurchaseOption.ON_DEMAND,
    usd_per_unit_month: Annotated[
        str | None, typer.Option("--usd-per-unit-month", metavar="USD", help="For a provisioned unit's month.")
    ] = None,
    day: Annotated[
        str | None,
        typer.Option("--date", metavar=DAY_HINT, help="Since when it holds; the day the scenario speaks of."),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar=DAY_HINT, help="The first day on which it no longer holds.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write there, not back into the scenario's file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the quote as JSON on stdout.")] = False,
) -> None:
    """Enter your own price for an offer. It goes before every list price from its day on; earlier quotes are kept."""
    known = draft_named(scenario)
    path = place_to_write(scenario, out)
    require_writable(path)
    stated = {"--input": input_usd, "--output": output_usd, "--cached": cached_usd, "--written": written_usd}
    price = _token_price(known, sku, variant, stated)
    try:
        quote = Quote(
            sku=sku,
            author=author,
            date=day_of(day, "--date") or known.as_of,
            reason=reason,
            price=price,
            usd_per_h=_dollars(usd_per_h, "--usd-per-h"),
            option=option.value if usd_per_h is not None else "",
            usd_per_unit_month=_dollars(usd_per_unit_month, "--usd-per-unit-month"),
            valid_until=day_of(until, "--until"),
        )
    except ValidationError as error:
        raise _refused(error, sku) from error
    cards = cards_in_force(known.rate_cards, all_rate_cards())
    quoted = with_prices(known, with_quote(known.prices, quote, cards))
    write(path, quoted)
    if as_json:
        say_json(quote)
    else:
        say(_words(quote))
    _tell_what_it_leaves_open(known, quote)
    if not quote_holds(quote, known.as_of):
        tell(
            f"The scenario speaks of {text.day(known.as_of)}, on which the quote does not hold: its plan is unchanged. "
            f"Set its as_of to a day from {text.day(quote.date)} on."
        )
    tell(f"Written: {path}")


def _token_price(scenario: Scenario, sku: str, variant: Variant, stated: Mapping[str, str | None]) -> TokenPrice | None:
    """The quoted rates: nothing that is not quoted is taken from the list."""
    if not any(words is not None for words in stated.values()):
        return None
    if stated["--input"] is None or stated["--output"] is None:
        raise typer.BadParameter("a quote for tokens needs --input and --output")
    offer_named(scenario.prices, sku)
    try:
        rates = TokenRates(
            input_usd_per_mtok=_some(stated["--input"], "--input"),
            output_usd_per_mtok=_some(stated["--output"], "--output"),
            cached_input_usd_per_mtok=_dollars(stated["--cached"], "--cached"),
            cache_write_usd_per_mtok=_dollars(stated["--written"], "--written"),
        )
        free = not rates.input_usd_per_mtok or not rates.output_usd_per_mtok
        return TokenPrice(variant=variant, rates=rates, free=free)
    except ValidationError as error:
        raise _refused(error, sku) from error


def _tell_what_it_leaves_open(scenario: Scenario, quote: Quote) -> None:
    """A quote takes the place of the whole list price: what the list tells apart and the quote does not is said."""
    if quote.price is None:
        return
    listed = offer_named(scenario.prices, quote.sku).price_on(quote.date, quote.price.variant)
    own = quote.price.rates
    if listed is None:
        return
    if listed.rates.cached_input_usd_per_mtok is not None and own.cached_input_usd_per_mtok is None:
        tell("The list has a price of cached input, the quote has none: cached tokens pay the full input price.")
    if listed.tiers:
        tell("The list has other prices for long requests, the quote has none: requests of any length pay it.")


def _dollars(words: str | None, option: str) -> Decimal | None:
    return None if words is None else _some(words, option)


def _some(words: str, option: str) -> Decimal:
    try:
        found = Decimal(words)
    except InvalidOperation as error:
        raise typer.BadParameter(
            f"{words!r} is no amount of dollars; write it as in 0.40", param_hint=option
        ) from error
    if not found.is_finite():
        raise typer.BadParameter(f"{words!r} is no amount of dollars", param_hint=option)
    return found


def _refused(error: ValidationError, sku: str) -> PriceError:
    first = error.errors(include_url=False)[0]
    return PriceError(first["msg"].removeprefix("Value error, "), where=sku, remedy="Correct the quote.")


def _words(quote: Quote) -> str:
    until = "" if quote.valid_until is None else f" until {text.day(quote.valid_until)}"
    head = f"{quote.sku} from {text.day(quote.date)}{until}, {quote.author}: {quote.reason}."
    if quote.price is not None:
        rates = quote.price.rates
        said = f"input {money(rates.input_usd_per_mtok)}, output {money(rates.output_usd_per_mtok)} per Mtok"
        return f"{head} {quote.price.variant.value}: {said}."
    if quote.usd_per_h is not None:
        return f"{head} {money(quote.usd_per_h)} an hour, {quote.option.replace('_', ' ')}."
    return f"{head} {money(quote.usd_per_unit_month)} for a unit's month."
