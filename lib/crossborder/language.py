"""The language of what a reader sees: English templates are the keys of the catalogues."""

from functools import cache
from pathlib import Path

from crossborder.errors import InputError

__all__ = ["LANGUAGES", "current", "t", "use"]

LANGUAGES = ("en", "zh")
CATALOGUES = Path(__file__).parent / "catalogues"
_current = "en"


def use(language: str) -> None:
    """Set the language of everything shown from here on.

    Raises InputError for a language without a catalogue.
    """
    global _current
    if language not in LANGUAGES:
        raise InputError.unknown("language", language, LANGUAGES)
    _current = language


def current() -> str:
    """The language in use, as ISO 639-1 code."""
    return _current


def t(template: str, **values: object) -> str:
    """The template in the language in use, with its fields filled.

    A template without a translation stays English, so that a reader misses a word and never a number.

    >>> t("{count} lanes", count=3)
    '3 lanes'
    """
    return (_catalogue(_current).get(template) or template).format(**values)


@cache
def _catalogue(language: str) -> dict[str, str]:
    import json

    path = CATALOGUES / f"{language}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
