"""What the plan was given: workload, prices, quality figures and assumptions, each with basis, source and date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from planner import text
from planner.basis import Quantity
from planner.placement.plan import Plan
from planner.prices.choice import hours_words
from planner.prices.offers import TokenOffer, TokenPrice
from planner.prices.quotes import offers_in_force
from planner.report.blocks import Cell, Column, Paragraph, Section, numeric, row, table
from planner.report.words import figure_cell
from planner.scenario import Scenario, UnknownQuality
from planner.workload.task_classes import QualityFloor, TaskClass, Workload
from planner.workload.week import Week


def workload_section(scenario: Scenario) -> Section:
    """The task classes: their volume and bounds, then what they demand of quality and place."""
    workload = scenario.workload
    about = (
        f"{workload.title}: {workload.seats:,} seats, {text.significant(workload.active_days_per_month)} active days a "
        f"month of {text.significant(workload.active_hours_per_day)} active hours; the busiest hour has "
        f"{text.quantity(workload.peak_to_mean)} times the mean load ({workload.peak_to_mean.basis.value}). "
        f"{_hours(workload)}{workload.notes}"
    )
    volume = [
        Column(title="Task class"),
        *numeric("Requests per active day", "Input, tokens", "Output, tokens", "Cached input"),
        *numeric("TTFT p95 bound", "End to end p95 bound", "Growth per year"),
    ]
    demands = ["Task class", "May leave the device", "Quality floor, points", "Review", "A rejected result", "Notes"]
    return Section(
        section_id="workload",
        title="Workload",
        blocks=(
            Paragraph(text=about.strip()),
            table("Task classes: volume and bounds", volume, [_volume_row(one) for one in workload.task_classes]),
            table(
                "Task classes: demands",
                demands,
                [_demand_row(one) for one in workload.task_classes],
                "Of several quality floors the first whose scale has a figure for the model decides.",
            ),
            Paragraph(text="Growth is recorded, but this version plans one month at today's volume.", muted=True),
        ),
    )


def _hours(workload: Workload) -> str:
    """When requests come and which of them may wait, where somebody said so."""
    words: list[str] = []
    if workload.week is not None:
        words.append(f"Requests come in the hours of a stated week ({_known_by(workload.week)}).")
    own = [f"{one.title} ({_known_by(one.week)})" for one in workload.task_classes if one.week is not None]
    if own:
        words.append(f"In hours of their own come {', '.join(own)}.")
    waiting = [f"{one.title} {text.significant(one.defer_h)} h" for one in workload.task_classes if one.defer_h]
    if waiting:
        words.append(f"May wait for their turn: {', '.join(waiting)}.")
    return "".join(f"{each} " for each in words)


def _known_by(week: Week) -> str:
    return f"{week.basis.value}: {week.source}" if week.source else week.basis.value


def _volume_row(one: TaskClass) -> tuple[Cell, ...]:
    return row(
        one.title,
        text.exact(one.requests_per_day),
        f"{one.input_tokens:,}",
        f"{one.output_tokens:,}",
        text.share(one.cached_share),
        "no bound" if one.slo.ttft_p95_s is None else text.seconds(one.slo.ttft_p95_s),
        "no bound" if one.slo.e2e_p95_s is None else text.seconds(one.slo.e2e_p95_s),
        text.share(one.growth_per_year),
    )


def _demand_row(one: TaskClass) -> tuple[Cell, ...]:
    return row(
        one.title,
        Cell(text="yes" if one.may_leave_device else "no", detail="needs offline" if one.needs_offline else ""),
        ", else ".join(_floor(floor) for floor in one.quality_floors) or "none set",
        _price(one.review_usd),
        _price(one.failure_usd),
        one.notes,
    )


def _floor(floor: QualityFloor) -> str:
    return f"{floor.scale} ≥ {text.exact(floor.minimum)}"


def _price(amount: Decimal | None) -> str:
    return "no price" if amount is None else text.money(float(amount))


def prices_section(scenario: Scenario) -> Section:
    """The offers a class may be served by."""
    prices = scenario.prices
    offers = offers_in_force(prices, scenario.as_of)
    columns = [
        Column(title="Model"),
        *numeric(
            "Input",
            "Cached input",
            "Output",
            "TTFT of the service",
            "Decode of the service",
        ),
        Column(title="Source and date"),
    ]
    note = "Prices in USD, without taxes. A context tier, where one is named, reprices the whole request."
    return Section(
        section_id="prices",
        title="Prices in the data center",
        blocks=(
            Paragraph(text=f"{prices.title}, from {prices.data_source}, data as of {text.day(prices.data_as_of)}."),
            table("Offers", columns, [_offer_row(offer, scenario.as_of) for offer in offers], note),
        ),
    )


def _offer_row(offer: TokenOffer, on: date) -> tuple[Cell, ...]:
    """The standard prices of the day the plan speaks of."""
    price = offer.price_on(on)
    service = offer.service
    return row(
        Cell(text=offer.title, detail=f"{offer.sku}{_terms(offer, on)}"),
        text.UNKNOWN if price is None else _rate(price.rates.input_usd_per_mtok),
        text.UNKNOWN if price is None else _named_rate(price.rates.cached_input_usd_per_mtok),
        text.UNKNOWN if price is None else _rate(price.rates.output_usd_per_mtok),
        figure_cell(service.ttft_s if service else None),
        figure_cell(service.decode_tok_s if service else None),
        Cell(text=_said_by(offer, price), detail=_offer_sources(offer)),
    )


def _said_by(offer: TokenOffer, price: TokenPrice | None) -> str:
    """Whose word the price is: its own source (a quote names its author), else the offer's."""
    if price is not None and price.provenance is not None:
        return f"{price.provenance.source}, {text.day(price.provenance.retrieved)}"
    return f"{offer.source}, {text.day(offer.as_of)}"


def _terms(offer: TokenOffer, on: date) -> str:
    """What else decides the price: context tiers, hours of the day, the day it ends."""
    price = offer.price_on(on)
    if price is None:
        return f" · no known price on {text.day(on)}"
    terms = [
        f"above {tier.above_input_tokens:,} input tokens: {_rate(tier.rates.input_usd_per_mtok)} in, "
        f"{_rate(tier.rates.output_usd_per_mtok)} out"
        for tier in price.tiers
    ]
    terms += [
        f"{hours_words(each.hours)}: {_rate(each.rates.input_usd_per_mtok)} in, "
        f"{_rate(each.rates.output_usd_per_mtok)} out"
        for each in offer.hourly_prices_on(on)
    ]
    if price.usd_per_request is not None:
        terms.append(f"{text.exact(price.usd_per_request)} USD a request on top")
    if price.effective_to is not None:
        kind = "introductory, " if price.introductory else ""
        terms.append(f"{kind}until {text.day(price.effective_to)}")
    return " · " + "; ".join(terms) if terms else ""


def _named_rate(usd: Decimal | None) -> str:
    return "not named" if usd is None else _rate(usd)


def _offer_sources(offer: TokenOffer) -> str:
    """Where price and service figures come from, each said once."""
    service = (offer.service.ttft_s, offer.service.decode_tok_s) if offer.service else ()
    told = dict.fromkeys(f"Service: {figure.source}, {text.day(figure.as_of)}." for figure in service)
    return " ".join([f"Price: {offer.source_url}." if offer.source_url else "", *told]).strip()


def _rate(usd: Decimal) -> str:
    """A stated price keeps every digit it was stated with."""
    return f"${text.exact(usd)}/Mtok"


def quality_section(plan: Plan, scenario: Scenario) -> Section:
    """The published scores of the models that are options in this plan."""
    considered = {(option.model, option.weight_format) for placement in plan.placements for option in placement.options}
    figures = [figure for figure in scenario.quality if (figure.model, figure.weight_format) in considered]
    columns = [
        Column(title="Model"),
        Column(title="Scale"),
        *numeric("Points"),
        Column(title="Source and date"),
        Column(title="Note"),
    ]
    rows = [
        row(
            f"{figure.model} {figure.weight_format}" if figure.weight_format else figure.model,
            figure.scale,
            Cell(
                text=f"{text.significant(figure.points)} points",
                detail=""
                if figure.low is None or figure.high is None
                else f"{text.significant(figure.low)} … {text.significant(figure.high)}",
            ),
            Cell(text=f"{figure.source}, {text.day(figure.as_of)}", detail=figure.source_url),
            figure.note,
        )
        for figure in figures
    ]
    rule = {
        UnknownQuality.FORBID: "An option whose quality is unknown is ruled out where a class has a floor.",
        UnknownQuality.FLAG: "An option whose quality is unknown is allowed and flagged where a class has a floor.",
    }[scenario.policy.unknown_quality]
    note = "" if rows else "No published figure is known for any option of this plan."
    return Section(
        section_id="quality",
        title="Quality figures",
        blocks=(
            Paragraph(text=f"Published figures speak for exactly the weight format they name. {rule}"),
            table("Published quality of the options", columns, rows, note),
        ),
    )


def assumptions_section(scenario: Scenario) -> Section:
    """Numbers nobody measured here."""
    assumed = scenario.assumptions
    stated: tuple[tuple[str, Quantity | None], ...] = (
        ("Electricity tariff", assumed.tariff_usd_per_kwh),
        ("Network round trip", assumed.network_rtt_s),
        ("Discount rate per year", assumed.discount_rate_per_year),
        ("Support per device and month", assumed.support_usd_per_device_month),
        ("Active power, where a profile states none", assumed.active_w),
        ("Idle power, where a profile states none", assumed.idle_w),
        ("Device life, where a profile states none", assumed.device_life_years),
        ("Accepted share, where nobody evaluated", assumed.acceptance),
        ("Busiest hour over mean hour", scenario.workload.peak_to_mean),
        ("Efficiency of power supplies", assumed.wall_efficiency),
        ("Packaging of a model's release", assumed.packaging_usd_per_release),
        ("Evaluation of a model's release", assumed.evaluation_usd_per_release),
        ("Releases of a model per year", assumed.releases_per_year),
        ("Download of model files", assumed.download_usd_per_gb),
        ("An hour of a user's time", assumed.user_time_usd_per_h),
        ("Spread of demand over users (deviation over mean)", assumed.demand_spread),
    )
    shown = [(label, figure) for label, figure in stated if figure is not None]
    columns = [
        Column(title="Assumption"),
        *numeric("Value", "Interval"),
        *(Column(title=title) for title in ("Basis", "Source", "Date")),
    ]
    rows = [
        row(
            label,
            text.quantity(figure, interval=False),
            _interval(figure),
            figure.basis.value,
            figure.source or "none given",
            text.day(figure.as_of),
        )
        for label, figure in shown
    ]
    policy = (
        f"A device may be busy for at most {text.share(scenario.policy.device_contention_cap)} of its active hours; "
        f"hardware is costed as {scenario.policy.hardware.value.replace('_', ' ')}."
    )
    policy += "".join(
        f" Of {fleet.profile.title}: at most {text.share(fleet.contention_cap)}."
        for fleet in scenario.fleets
        if fleet.contention_cap is not None
    )
    if scenario.policy.budget_usd_per_month is not None:
        budget = text.money_per_month(float(scenario.policy.budget_usd_per_month))
        policy += f" The budget is {budget}, all cost counted."
    return Section(
        section_id="assumptions",
        title="Assumptions and policy",
        blocks=(table("Assumptions", columns, rows), Paragraph(text=f"Policy: {policy}")),
    )


def _interval(figure: Quantity) -> str:
    if figure.low is None or figure.high is None:
        return "none known"
    return f"{text.in_unit(figure.low, figure.unit)} … {text.in_unit(figure.high, figure.unit)}"
