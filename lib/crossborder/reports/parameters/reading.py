"""From what was written to a typed value: text stays text, so that NO, on, 007 and 1e3 are never something else."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import PurePath
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

__all__ = ["check_place", "day", "kind", "read", "unit"]

NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def read(given: object, annotation: Any) -> Any:
    """The value of the type that the field has.

    Raises ValueError with a reason, which may be empty where the words of the field say it all.

    >>> read("NO", str), read("007", str), read("1e3", str), read("1e3", float), read("off", bool)
    ('NO', '007', '1e3', 1000.0, False)
    >>> read("DE, US", list[str])
    ['DE', 'US']
    """
    origin = get_origin(annotation)
    if origin is Literal:
        return _choice(given, get_args(annotation))
    if origin in (Union, UnionType):
        return _either(given, [one for one in get_args(annotation) if one is not type(None)], annotation)
    if origin in (list, tuple):
        return [read(one, get_args(annotation)[0]) for one in _parts(given)]
    if origin is not None:  # Annotated
        return read(given, get_args(annotation)[0])
    return _plain(given, annotation)


def kind(annotation: Any, rules: Sequence[object] = ()) -> str:
    """What values a field takes, in words.

    >>> kind(Literal["base", "high"]), kind(list[int])
    ('base or high', 'a list of whole numbers, comma-separated')
    """
    origin = get_origin(annotation)
    if origin is Literal:
        choices = [str(one) for one in get_args(annotation)]
        return " or ".join([", ".join(choices[:-1]), choices[-1]]) if len(choices) > 1 else choices[0]
    if origin in (list, tuple):
        one = get_args(annotation)[0]
        inner = kind(one).removeprefix("a ")
        return f"a list of {inner}{'s' if inner.endswith('number') else ''}, comma-separated"
    if origin in (Union, UnionType):
        return " or ".join(kind(one) for one in get_args(annotation) if one is not type(None))
    if origin is not None:
        return kind(get_args(annotation)[0])
    return " ".join(filter(None, (NAMES.get(annotation, str(annotation)), _bounds(rules))))


def unit(field: Any) -> str:
    """The unit that a field states, or empty."""
    extra = field.json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, Mapping) else ""


def day(text: str) -> str:
    """A date as 2026-10-31, or empty. Raises ValueError otherwise."""
    if text:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise ValueError("a day such as 2026-10-31, or empty")
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError("a day that the calendar has, such as 2026-10-31, or empty") from None
    return text


def check_place(value: object, extra: object) -> None:
    """Refuse an output that would leave the project. Raises ValueError."""
    if not value or not (isinstance(extra, Mapping) and extra.get("role") == "output"):
        return
    path = PurePath(str(value))
    if path.is_absolute() or ".." in path.parts or "\\" in str(value) or str(value).startswith("~"):
        raise ValueError("a place inside the project, without .. and not absolute")


def _bounds(rules: Sequence[object]) -> str:
    """The limits that pydantic keeps in a field's metadata, in words."""
    words, least, most = [], None, None
    for rule in rules:
        for sign, text in (("ge", "at least"), ("gt", "above")):
            if getattr(rule, sign, None) is not None:
                least = (getattr(rule, sign), text)
        for sign, text in (("le", "at most"), ("lt", "below")):
            if getattr(rule, sign, None) is not None:
                most = (getattr(rule, sign), text)
        if getattr(rule, "pattern", None):
            words.append(f"that matches {rule.pattern}")
        if getattr(rule, "min_length", None):
            words.append(f"of at least {rule.min_length} character{'s' if rule.min_length > 1 else ''}")
    if least and most and (least[1], most[1]) == ("at least", "at most"):
        return " ".join([f"from {least[0]:.12g} to {most[0]:.12g}", *words])
    return " ".join(
        [" and ".join(f"{text} {limit:.12g}" for limit, text in filter(None, (least, most))), *words]
    ).strip()


def _plain(given: object, wanted: type) -> Any:
    if isinstance(given, str):
        return given if wanted is str else _from_text(given.strip(), wanted)
    if wanted is float and isinstance(given, int) and not isinstance(given, bool):
        return float(given)
    if type(given) is not wanted or (wanted is float and not math.isfinite(given)):
        raise ValueError("")
    return given


def _from_text(text: str, wanted: type) -> Any:
    if wanted is bool:
        if text.lower() not in BOOLEANS:
            raise ValueError("")
        return BOOLEANS[text.lower()]
    if wanted is int and not re.fullmatch(r"[+-]?\d+", text):
        raise ValueError("")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) or not math.isfinite(float(text)):
        raise ValueError("")
    return wanted(text)


def _choice(given: object, choices: tuple) -> Any:
    for one in choices:
        if (given == one and type(given) is type(one)) or (isinstance(given, str) and given == str(one)):
            return one
    raise ValueError("")


def _either(given: object, kinds: list, annotation: Any) -> Any:
    empty = given is None or (isinstance(given, str) and given.lower() in ("none", "null"))
    if empty and type(None) in get_args(annotation):
        return None
    for one in kinds:
        try:
            return read(given, one)
        except ValueError:
            continue
    raise ValueError("")


def _parts(given: object) -> list:
    if isinstance(given, list | tuple):
        return list(given)
    if not isinstance(given, str):
        raise ValueError("")
    text = given.strip()
    if text.startswith("["):
        try:
            parts = json.loads(text)
        except json.JSONDecodeError:
            text = text.strip("[]")  # [NO, SE] as a shell passes it
        else:
            return parts
    return [part.strip().strip("'\"") for part in text.split(",") if part.strip()]
