"""`edgewise prices`: what there is to choose from, since when it costs what, whose word that is; quotes and imports."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from planner import text
from planner.cli import price_imports, price_quotes
from planner.cli.console import Column, say, say_heading, say_json, say_table, tell
from planner.cli.moments import DAY_HINT, day_of
from planner.cli.planned_scenarios import HELP, scenario_of
from planner.cli.price_words import HISTORY, SHELF, amount_words, history_row, money, shelf_json, shelf_row, show_doubts
from planner.cli.priced import Priced, priced
from planner.documents import save_text
from planner.errors import PriceError
from planner.outlook.focus_export import focus_csv
from planner.prices.freshness import profile_doubts
from planner.prices.history import HistoryRow, offer_history, price_history, quote_history
from planner.prices.list_prices import list_offer, listed_skus
from planner.prices.managed import data_day
from planner.prices.quotes import not_sold
from planner.prices.rate_card import region_of
from planner.prices.shelf import Shelved, found, shelf
from planner.prices.tariffs import energy_choices

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Offers of every kind, their source and age; your own quotes; imports; history; export.",
)
app.command("quote", short_help="Enter your own price for an offer.")(price_quotes.command)
app.command("import", short_help="Read a price file; show what it would change; apply it on request.")(
    price_imports.command
)

InScenario = Annotated[
    str | None,
    typer.Option("--in", metavar="SCENARIO", help="Look into this scenario; without it, what comes with the program."),
]
OnDay = Annotated[str | None, typer.Option("--on", metavar=DAY_HINT, help="The day; the scenario's, or today.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON on stdout.")]


@app.command("list", short_help="Every offer: price, source, age, basis.")
def list_offers(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="[SCENARIO]", show_default=False, help="Its offers and quotes before the bundled ones."),
    ] = None,
    *,
    kind: Annotated[
        str | None,
        typer.Option(help="token, instance, provisioned, request, egress, storage, energy or edge_device."),
    ] = None,
    vendor: Annotated[str | None, typer.Option(help="Part of the vendor's name.")] = None,
    search: Annotated[str, typer.Option(metavar="WORDS", help="Words that all occur in the offer.")] = "",
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """List the offers of a scenario, or of the program, with what each costs, who says so and how old that is."""
    sold = priced(scenario)
    day = day_of(on, "--on") or sold.day
    shown = list(found(shelf(day, sold.profile, sold.cards), kind=kind, vendor=vendor, words=search))
    doubts = tuple(profile_doubts(sold.profile, day))
    if as_json:
        say_json(
            {
                "on": day.isoformat(),
                "offers": [shelf_json(each) for each in shown],
                "doubts": [doubt.model_dump(mode="json") for doubt in doubts],
            }
        )
        return
    if shown:
        say_table(SHELF, [shelf_row(each) for each in shown])
    stale = sum(each.is_stale for each in shown)
    say(f"\n{len(shown):,} offers on {text.day(day)}" + (f", {stale:,} of them stale (!)." if stale else "."))
    show_doubts(doubts)


@app.command(short_help="One offer on a day, with all its rows.")
def show(
    sku: Annotated[str, typer.Argument(metavar="SKU", show_default=False, help="As «edgewise prices list» names it.")],
    *,
    scenario: InScenario = None,
    region: Annotated[str | None, typer.Option(help="Of several regions, this one.")] = None,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Show what an offer costs on a day, and every row that is known of it."""
    sold = priced(scenario)
    day = day_of(on, "--on") or sold.day
    offers = _named(sold, sku, region, day)
    if as_json:
        say_json(
            [
                shelf_json(each) | {"rows": [row.model_dump(mode="json") for row in _history(sold, each)]}
                for each in offers
            ]
        )
        return
    for each in offers:
        say_heading(f"{each.title} ({each.offer.kind} {each.offer.sku}{f' in {each.region}' if each.region else ''})")
        _show_on(each, day)
        say_table(HISTORY, [history_row(row) for row in _history(sold, each)])


@app.command(short_help="What an offer has cost, with quotes and replaced rows.")
def history(
    sku: Annotated[str, typer.Argument(metavar="SKU", show_default=False, help="As «edgewise prices list» names it.")],
    *,
    scenario: InScenario = None,
    region: Annotated[str | None, typer.Option(help="Of several regions, this one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show every known price of an offer over time: list rows, rows an import replaced, quotes."""
    sold = priced(scenario)
    rows = [row for each in _named(sold, sku, region, sold.day) for row in _history(sold, each)]
    if as_json:
        say_json([row.model_dump(mode="json") for row in rows])
    else:
        say_table(HISTORY, [history_row(row) for row in rows])


@app.command(short_help="Electricity by country, with carbon.")
def energy(
    region: Annotated[str | None, typer.Option(metavar="CODE", help="A country or state, as in DE or US-CA.")] = None,
    on: OnDay = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List electricity tariffs with band, taxes, period and carbon intensity."""
    day = day_of(on, "--on") or date.today()
    known = [each for each in energy_choices(day) if region is None or each.offer.region == region.upper()]
    if not known:
        raise PriceError("no electricity tariff is known", where=region, remedy="Enter your own contract's tariff.")
    if as_json:
        say_json(
            [
                each.offer.model_dump(mode="json", exclude={"prices"})
                | {"price": None if each.price is None else each.price.model_dump(mode="json")}
                for each in known
            ]
        )
        return
    columns = [Column("Name", whole=True), Column("Band"), Column("USD/kWh", numeric=True), Column("Taxes")]
    columns += [Column("Period"), Column("gCO2e/kWh", numeric=True), Column("Source")]
    rows = [
        (
            each.name,
            each.offer.band,
            text.UNKNOWN if each.price is None else money(each.price.usd_per_kwh),
            "" if each.price is None else each.price.taxes.replace("_", " "),
            each.offer.reason if each.price is None else each.price.period,
            text.UNKNOWN
            if each.offer.gco2e_per_kwh is None
            else f"{text.significant(each.offer.gco2e_per_kwh)} ({each.offer.carbon_year})",
            each.card.title if each.price is None else each.card.provenance_of(each.price).source,
        )
        for each in known
    ]
    say_table(columns, rows)


@app.command(short_help="Costs of a scenario as a FOCUS file.")
def export(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", show_default=False, help=HELP)],
    focus: Annotated[Path, typer.Option("--focus", metavar="FILE.csv", help="Write the costs in FOCUS columns there.")],
) -> None:
    """Write what the scenario's capacities and offers cost in a month, with the column names of FOCUS."""
    save_text(focus, focus_csv(scenario_of(scenario)))
    tell(f"Written: {focus}")


def _named(sold: Priced, sku: str, region: str | None, day: date) -> list[Shelved]:
    """The offers of this sku; a token offer of the whole price data where neither scenario nor card has it."""
    everything = shelf(day, sold.profile, sold.cards)
    offers = [each for each in everything if each.offer.sku == sku and region in {None, region_of(each.offer)}]
    if offers:
        return offers
    if sku in listed_skus():
        offer = list_offer(sku, data_day())
        return list(shelf(day, sold.profile.model_copy(update={"offers": (offer,)}), ()))
    raise not_sold(sku, [*(each.offer.sku for each in everything), *listed_skus()])


def _history(sold: Priced, each: Shelved) -> tuple[HistoryRow, ...]:
    if each.card is None and any(offer.sku == each.offer.sku for offer in sold.profile.offers):
        return price_history(sold.profile, each.offer.sku)
    return (*offer_history(each.offer, each.card), *quote_history(sold.profile.quotes, each.offer.sku))


def _show_on(each: Shelved, day: date) -> None:
    if not each.figures:
        say(f"No price is known on {text.day(day)}.")
    for what, usd, unit in each.figures:
        say(f"{each.way + ', ' if each.way else ''}{what}: {amount_words(usd, unit)}")
    say(f"{each.source}; read {text.day(each.read_on)}, {each.age_days} days old{' (stale)' if each.is_stale else ''}.")
