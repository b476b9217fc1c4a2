"""Foreign figures without loss: JSON numbers to exact decimals, within bounds that hostile input cannot pass."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, cast

from planner.documents import MAX_DEPTH
from planner.errors import DocumentError

MOST_DIGITS = 40
FURTHEST_EXPONENT = 30
DIGITS_OF_A_FLOAT = 15  # as many as a binary fraction holds for certain; what follows is noise
DIGITS_KEPT = 12

_EXACT = Context(prec=2 * MOST_DIGITS)
_ROUNDED = Context(prec=DIGITS_KEPT)

Table = Mapping[str, Any]


def foreign_json(data: bytes, *, where: str) -> Any:
    """JSON as plain data with every number exact; a DocumentError for anything else."""
    try:
        raw = json.loads(
            data.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique_keys,
        )
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise DocumentError(
            f"not valid JSON: {error}", where=where, remedy="Download it again; it may be cut off."
        ) from error
    if _is_deep(raw):
        raise DocumentError("the document is nested too deeply", where=where)
    return raw


def table(value: object) -> Table | None:
    """A JSON object; None for anything else."""
    return cast("Table", value) if isinstance(value, dict) else None


def rows(value: object) -> list[Any]:
    """A JSON array; empty for anything else."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def words(value: object) -> str:
    """A JSON string; empty for anything else."""
    return value if isinstance(value, str) else ""


def amount(value: object) -> Decimal:
    """A number of dollars, exact; a ValueError says why it is none. Some maps write numbers as strings."""
    if isinstance(value, str):
        return typed_amount(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"a price must be a number, not {type(value).__name__}")
    found = Decimal(value)
    if not found.is_finite():
        raise ValueError("a price must be finite")
    if len(found.as_tuple().digits) > MOST_DIGITS or (found and abs(found.adjusted()) > FURTHEST_EXPONENT):
        raise ValueError("a price with so many digits is no price")
    if found < 0:
        raise ValueError("a price is negative")
    return found


@lru_cache(maxsize=10_000)  # a catalog repeats its figures for every zone
def typed_amount(value: str) -> Decimal:
    """A number of dollars from the cell of a table."""
    try:
        return amount(Decimal(value.strip()))
    except InvalidOperation as error:
        raise ValueError(f"a price must be a number, not {value[:40]!r}") from error


def usd_per_mtok(usd_per_token: Decimal) -> tuple[Decimal, bool]:
    """Dollars a million tokens (1.25e-06 is exactly 1.25), and whether noise of a binary fraction was rounded off."""
    exact = _EXACT.multiply(usd_per_token, Decimal(10**6))
    noisy = len(exact.normalize(_EXACT).as_tuple().digits) >= DIGITS_OF_A_FLOAT
    return plain(_ROUNDED.plus(exact) if noisy else exact), noisy


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent."""
    return Decimal(format(value.normalize(_EXACT), "f"))


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a price")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _is_deep(raw: Any) -> bool:
    level = [raw]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(cast("dict[str, Any]", item).values())
            elif isinstance(item, list):
                below.extend(cast("list[Any]", item))
        if not below:
            return False
        level = below
    return True
