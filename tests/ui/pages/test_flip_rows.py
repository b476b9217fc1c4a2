"""Flip points as rows: the smallest change first, what flips nothing once and last, what was not confirmed said."""

from planner.outlook.flip_points import Flip, FlipPoint, Placed
from planner.placement.options import Side
from ui.pages.flip_rows import FLIP_COLUMNS, flip_rows


def point(factor: float, figure: float, becomes: str | None = "acme/mini", *, verified: bool = True) -> FlipPoint:
    return FlipPoint(
        factor=factor,
        figure=figure,
        side=Side.DATACENTER if becomes else None,
        becomes=becomes,
        changes=(Placed(task_class="chat", title="Chat", option=becomes),),
        verified=verified,
    )


def flip(
    name: str, unit: str, today: float, down: FlipPoint | None, up: FlipPoint | None, *, exact: bool = True
) -> Flip:
    return Flip(
        driver="price",
        name=name,
        today=today,
        unit=unit,
        least=today / 10,
        most=today * 10,
        exact=exact,
        down=down,
        up=up,
        side_down=down,
        side_up=up,
        sentence=f"{name}: told in a sentence.",
    )


PRICE = flip("the price", "USD/Mtok", 0.5, point(0.4, 0.2), point(6.0, 3.0))
TARIFF = flip("the tariff", "USD/kWh", 0.2, None, None)
SPEED = flip("the speed", "tok/s", 30.0, point(0.5, 15.0, None, verified=False), None, exact=False)


def lines(*flips: Flip) -> list[list[str]]:
    return [[column.text(row) for column in FLIP_COLUMNS] for row in flip_rows(flips)]


def test_every_flip_is_a_row_and_the_smallest_change_comes_first() -> None:
    assert lines(TARIFF, PRICE, SPEED) == [
        ["The speed", "30 tok/s", "below 15 tok/s", "−50 %", "nowhere", "▲ not confirmed"],
        ["The price", "$0.50/Mtok", "below $0.20/Mtok", "−60 %", "acme/mini", "✓ solved"],
        ["The price", "$0.50/Mtok", "above $3.00/Mtok", "+500 %", "acme/mini", "✓ solved"],
        ["The tariff", "$0.2/kWh", "not from ×0.1 to ×10", "–", "–", "✓ solved"],
    ]


def test_tooltips_name_every_class_that_moves_and_what_searching_may_miss() -> None:
    speed, *_, tariff = flip_rows((PRICE, TARIFF, SPEED))
    tips = {column.title: column.tooltip for column in FLIP_COLUMNS}
    becomes, found = tips["Then placed on"], tips["How found"]
    assert becomes is not None
    assert found is not None
    assert becomes(speed) == "Chat: nowhere"
    assert becomes(tariff) == "the tariff: told in a sentence."
    assert "may be missed" in found(speed)
    assert "does not place it so" in found(speed)
    assert found(tariff) == "Solved exactly."
