"""A JSON Schema validator for what our schemas use of draft 2020-12; any other keyword is an error, not ignored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

# Without a meaning for the instance, or said by another keyword as well.
ANNOTATIONS = {"$schema", "$id", "$defs", "title", "description", "default", "discriminator"}
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "integer": (int,),
    "number": (int, float),
}
FORMATS = {"date": date.fromisoformat, "time": time.fromisoformat, "date-time": datetime.fromisoformat}


def complaints(value: Any, schema: dict[str, Any]) -> list[str]:
    """Where and why the value is not what the schema describes; empty where it is."""
    return list(_complain(json.loads(json.dumps(value, default=str)), schema, schema, "$"))


def _complain(value: Any, schema: Any, root: dict[str, Any], at: str) -> Iterator[str]:
    if schema is True:
        return
    for keyword, argument in schema.items():
        if keyword in ANNOTATIONS or keyword in {"properties", "additionalProperties"}:
            continue
        yield from CHECKS[keyword](value, argument, root, at)
    if isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        for key, each in value.items():
            if key in known:
                yield from _complain(each, known[key], root, f"{at}.{key}")
            elif others is False:
                yield f"{at}.{key}: unknown key"
            else:
                yield from _complain(each, others, root, f"{at}.{key}")


def _type(value: Any, kind: str, root: Any, at: str) -> Iterator[str]:
    is_odd_bool = isinstance(value, bool) and kind in {"integer", "number"}
    if is_odd_bool or not isinstance(value, TYPES[kind]):
        yield f"{at}: not of type {kind}"


def _ref(value: Any, name: str, root: dict[str, Any], at: str) -> Iterator[str]:
    target: Any = root
    for part in name.removeprefix("#/").split("/"):
        target = target[part]
    yield from _complain(value, target, root, at)


def _any_of(value: Any, schemas: list[Any], root: Any, at: str) -> Iterator[str]:
    found = [list(_complain(value, each, root, at)) for each in schemas]
    if all(found):
        yield min(found, key=len)[0]


def _one_of(value: Any, schemas: list[Any], root: Any, at: str) -> Iterator[str]:
    found = [list(_complain(value, each, root, at)) for each in schemas]
    if sum(not each for each in found) != 1:
        yield f"{at}: fits {sum(not each for each in found)} of {len(found)} kinds: {min(found, key=len)[:1]}"


def _items(value: Any, schema: Any, root: Any, at: str) -> Iterator[str]:
    for index, each in enumerate(value if isinstance(value, list) else []):
        yield from _complain(each, schema, root, f"{at}.{index}")


def _prefix_items(value: Any, schemas: list[Any], root: Any, at: str) -> Iterator[str]:
    for index, (each, schema) in enumerate(zip(value if isinstance(value, list) else [], schemas, strict=False)):
        yield from _complain(each, schema, root, f"{at}.{index}")


def _required(value: Any, keys: list[str], root: Any, at: str) -> Iterator[str]:
    yield from (f"{at}: {key} is missing" for key in keys if isinstance(value, dict) and key not in value)


def _told(holds: Any, applies: tuple[type, ...], why: str) -> Any:
    """A check of values of some types: whether it holds, and what is said where it does not."""

    def check(value: Any, argument: Any, root: Any, at: str) -> Iterator[str]:
        if isinstance(value, applies) and not isinstance(value, bool) and not holds(value, argument):
            yield f"{at}: {why} {argument}"

    return check


def _formatted(value: str, name: str) -> bool:
    try:
        FORMATS[name](value)
    except ValueError:
        return False
    return True


NUMBERS = (int, float)
CHECKS: dict[str, Any] = {
    "type": _type,
    "$ref": _ref,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "items": _items,
    "prefixItems": _prefix_items,
    "required": _required,
    "const": _told(lambda value, one: value == one, (object,), "is not"),
    "enum": _told(lambda value, several: value in several, (object,), "is none of"),
    "pattern": _told(lambda value, regex: re.search(regex, value) is not None, (str,), "does not match"),
    "format": _told(_formatted, (str,), "is no"),
    "minLength": _told(lambda value, least: len(value) >= least, (str,), "is shorter than"),
    "maxLength": _told(lambda value, most: len(value) <= most, (str,), "is longer than"),
    "minItems": _told(lambda value, least: len(value) >= least, (list,), "has fewer entries than"),
    "maxItems": _told(lambda value, most: len(value) <= most, (list,), "has more entries than"),
    "minimum": _told(lambda value, least: value >= least, NUMBERS, "is below"),
    "maximum": _told(lambda value, most: value <= most, NUMBERS, "is above"),
    "exclusiveMinimum": _told(lambda value, least: value > least, NUMBERS, "is not above"),
    "exclusiveMaximum": _told(lambda value, most: value < most, NUMBERS, "is not below"),
}
