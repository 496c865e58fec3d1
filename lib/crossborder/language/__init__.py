"""The language of what a reader sees: English texts are the keys of the catalogues beside this module."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from crossborder.errors import InputError
from crossborder.language import matching

__all__ = ["CODES", "LANGUAGES", "WORDS", "catalogue", "current", "fill", "missed", "t", "text", "use", "using"]

LANGUAGES = ("en", "zh")
CATALOGUES = Path(__file__).parent
# Two catalogues are read otherwise than the rest: words of the data, which are also matched with their fields filled,
# and codes, which stand for themselves in a header.
WORDS, CODES = "words", "codes"
missed: dict[str, None] = {}  # texts that were asked for and are in no catalogue, in their order
_current = "en"


def use(language: str) -> None:
    """Set the language of everything shown from here on.

    Raises InputError for a language without a catalogue.
    """
    global _current
    if language not in LANGUAGES:
        raise InputError.unknown("language", language, LANGUAGES)
    _current = language


@contextmanager
def using(language: str) -> Iterator[None]:
    """The language within a with-block; afterwards the one before it."""
    before = _current
    use(language)
    try:
        yield
    finally:
        use(before)


def current() -> str:
    """The language in use, as ISO 639-1 code."""
    return _current


def t(template: str, **values: object) -> str:
    """The template in the language in use, with its fields filled.

    A template without a translation stays English, so that a reader misses a word and never a number.

    >>> t("{count} lanes", count=3)
    '3 lanes'
    """
    if _current == "en":
        return template.format(**values)
    return fill(template, {name: text(value) if isinstance(value, str) else value for name, value in values.items()})


def fill(template: str, values: Mapping[str, object]) -> str:
    """The template in the language in use, with values that are in that language already."""
    if _current == "en":
        return template.format(**values)
    known = _messages(_current).get(template) or _joined(_current, template)
    return matching.closed((known or text(template)).format(**values))


def text(shown: str, *, header: bool = False) -> str:
    """A text that was made elsewhere, in the language in use: whole, by a pattern, or part by part; else as it is.

    A `header` is a word and never the code of a market or a currency.
    """
    if _current == "en" or not matching.has_words(shown):
        return shown
    found = _book(_current).find(shown, header)
    if found is None:
        missed[shown] = None
    return shown if found is None else matching.closed(found)


@cache
def catalogue(language: str) -> dict[str, dict[str, str]]:
    """The messages of a language by the area that they belong to."""
    paths = sorted(CATALOGUES.glob(f"{language}_*.json"))
    return {path.stem.removeprefix(f"{language}_"): json.loads(path.read_text(encoding="utf-8")) for path in paths}


@cache
def _messages(language: str) -> dict[str, str]:
    return {key: said for area, part in catalogue(language).items() if area != CODES for key, said in part.items()}


@cache
def _joined(language: str, template: str) -> str | None:
    """The translation of a template that was put together from whole clauses, each of which is known."""
    if not template:
        return ""
    known = _messages(language)
    for key in sorted((key for key in known if template.startswith(key.strip())), key=len, reverse=True):
        clause = key.strip()
        if clause == template or clause.endswith((".", ";", ":", "?")):
            rest = _joined(language, template[len(clause) :].lstrip())
            if rest is not None:
                return known[key] + rest
    return None


@cache
def _book(language: str) -> matching.Book:
    parts = catalogue(language)
    return matching.Book(_messages(language), parts.get(WORDS, {}), parts.get(CODES, {}))
