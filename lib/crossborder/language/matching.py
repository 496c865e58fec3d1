"""Finding the translation of a text that is already filled in: as a whole, by a pattern with fields, or in parts."""

import re
from collections.abc import Mapping
from functools import cache

__all__ = ["Book", "closed", "fields", "has_words", "normal"]

LETTER = re.compile(r"[A-Za-z]{2}|^[A-Za-z]$")
COUNTED = re.compile(r"([A-Za-z].*?[A-Za-z]) +([+\u2212-]?\d[\d.,\u2009]*(?: ?%)?)")
LEFT_OVER = re.compile(r"(?:^|(?<=[\u3001\uff0c(\uff08])|(?<=\u00b7 ))[A-Z]{2}(?=[:\uff1a\u3001\uff0c\uff09) ]|$)")
OURS = re.compile(r"[\u3400-\u9fff]")
SENTENCE = re.compile(r"[A-Za-z]{2,}(?: [a-z]+){2}")
FIELD = re.compile(r"{(\w+)(?:[:!][^{}]*)?}")
HEADER = " |header"  # ends a key whose word means something else as the header of a column
# Where a text is made of parts; the first that all translate is taken.
JOINTS = ("\n", "  ", "; ", " · ", ": ", ", ", " / ", " → ", " > ", " | ", " x ", " × ", " + ", " and ", " - ")
SPOKEN = {"; ": "\uff1b", ": ": "\uff1a", ", ": "\u3001", " and ": "\u548c"}
BRACKETS = re.compile(r"(.+?) *\((.+)\)", re.S)
NUMBERED, NUMBER = re.compile(r"n\d?"), r"[+\u2212-]?\d[\d.,\u2009 ]*(?: ?%)?"
NARROW = {
    "year": r"\d{4}",
    "date": r"\d{4}-\d{2}-\d{2}",
    "date2": r"\d{4}-\d{2}-\d{2}",
    "claim": r"C\d{3}-\d{3}",
    "claim2": r"C\d{3}-\d{3}",
    "market": "[A-Z]{2}",
    "paper": "[^;]+?",  # one of a list of papers
    "code": "[A-Z]{2}",
}  # fields that take only this
AMOUNT = re.compile(r"([^A-Za-z_]*\d[^A-Za-z_]*?)[ \u2009]?([A-Za-z].*)")


def has_words(text: str) -> bool:
    """Whether there is something to translate."""
    return bool(LETTER.search(text))


def normal(text: str) -> str:
    """The text as it is looked up: case, underscores and line breaks do not count.

    >>> normal("Home_storage ")
    'home storage'
    """
    return " ".join(text.replace("_", " ").replace("\\", "").split()).casefold()


def closed(text: str) -> str:
    """The text without a space between two Chinese glyphs, as a value filled in leaves one, or before a per cent sign.

    >>> closed("\u4e07\u7f8e\u5143 \u7684 12 \u4ef6")
    '\u4e07\u7f8e\u5143\u7684 12 \u4ef6'
    """
    text = re.sub(r"(?<=[\u3400-\u9fff\uff09]); ", "\uff1b", text)
    text = re.sub(r"(?<=\d)[ \u2009\u202f](?=%)", "", text)
    return re.sub(r"(?<=[\u3400-\u9fff\uff08-\uff1f]) (?=[\u3400-\u9fff\uff08-\uff1f])", "", text)


def fields(template: str) -> list[str]:
    """The names of a template's fields, sorted.

    >>> fields("{b} of {a:.0%}")
    ['a', 'b']
    """
    return sorted(match[1] for match in FIELD.finditer(template))


class Book:
    """All translations of a language: `messages` word for word, `words` also as patterns, `codes` in their own case."""

    def __init__(self, messages: Mapping[str, str], words: Mapping[str, str], codes: Mapping[str, str]) -> None:
        self.codes = codes
        self.whole = {normal(key): said for key, said in messages.items() if not FIELD.search(key)}
        with_fields = [key for key in words if FIELD.search(key)]
        by_letters = sorted(with_fields, key=lambda key: -len(FIELD.sub("", key)))
        # A pattern without a word of its own would take any text: it counts only where its parts are known.
        self.patterns = [(_pattern(key), words[key], not has_words(FIELD.sub("", key))) for key in by_letters]
        self.find = cache(self.find)

    def find(self, text: str, header: bool = False) -> str | None:
        """The translation, or None."""
        if not header and text in self.codes:
            return self.codes[text]
        if OURS.search(text):
            # An amount may stand in Chinese already inside a sentence that does not.
            known = self._by_pattern(text) if SENTENCE.search(text) else None
            return self._half_done(text) if known is None else known
        known = self.whole.get(normal(text) + HEADER) if header else None
        known = self.whole.get(normal(text)) if known is None else known
        if known is not None:
            return known
        # The unit of a header stands in brackets, which a pattern would take for the brackets of a text.
        known = self._in_parts(text, header) if header and BRACKETS.fullmatch(text) else None
        known = self._by_pattern(text) if known is None else known
        return known if known is not None else self._in_parts(text, header) or self._as_amount(text)

    def _half_done(self, text: str) -> str:
        """A text in which only codes may be left, at its beginning or after a mark."""
        return LEFT_OVER.sub(lambda match: self.codes.get(match[0], match[0]), text)

    def _by_pattern(self, text: str) -> str | None:
        flat = " ".join(text.split(" ")) if "\n" not in text else " ".join(text.split())
        for pattern, said, bare in self.patterns:
            match = pattern.fullmatch(flat)
            if match:
                parts = match.groupdict()
                found = {name: self.find(part) if has_words(part) else part for name, part in parts.items()}
                if bare and None in found.values():
                    continue
                return said.format(**{name: parts[name] if part is None else part for name, part in found.items()})
        return None

    def _as_amount(self, text: str) -> str | None:
        """A number with its unit behind it, or a name with its number behind it."""
        match = AMOUNT.fullmatch(text)
        unit = self.find(match[2]) if match else None
        if unit:
            return f"{match[1]} {unit}"
        match = COUNTED.fullmatch(text)
        name = self.find(match[1]) if match else None
        return f"{name} {match[2]}" if name else None

    def _in_parts(self, text: str, header: bool) -> str | None:
        for joint in JOINTS:
            if joint in text:
                parts = text.split(joint)
                said = [self.find(part) if has_words(part) else part for part in parts]
                if all(part is not None for part in said):
                    # Two words with a comma are a thing and what kind of it; codes, and three words, are a list.
                    kind = joint == ", " and len(parts) == 2 and not set(parts) <= set(self.codes)
                    return "\uff0c".join(said) if kind else SPOKEN.get(joint, joint).join(said)
        match = BRACKETS.fullmatch(text)
        if match:
            said = [self.find(part, header) if has_words(part) else part for part in match.groups()]
            if None not in said:
                return f"{said[0].rstrip()}\uff08{said[1]}\uff09"
        return None


def _pattern(key: str) -> re.Pattern:
    """A key with fields as a regular expression; a field takes as little as it can, n and n2 take a number only."""
    parts = re.split(r"{(\w+)(?:[:!][^{}]*)?}", key)
    made, seen = "", set()
    for place, part in enumerate(parts):
        if place % 2 == 0:
            made += re.escape(part)
        else:
            what = NUMBER if NUMBERED.fullmatch(part) else NARROW.get(part, ".+?")
            made += f"(?P={part})" if part in seen else f"(?P<{part}>{what})"
            seen.add(part)
    return re.compile(made, re.I)
