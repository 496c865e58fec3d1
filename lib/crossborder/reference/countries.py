"""Country names, as exports write them, to ISO codes; what no code fits exactly is said."""

import re
import unicodedata
from functools import cache

import pandas as pd

from crossborder.reference.files import read

__all__ = ["country_names", "english_names", "name_key"]

FILE = "country_names.csv"


def name_key(name: str) -> str:
    """A country name without case, width, accents, spaces and punctuation: what is compared."""
    form = unicodedata.normalize("NFKD", str(name)).casefold().replace("&", "and")
    return re.sub(r"[^\w]|_", "", "".join(c for c in form if not unicodedata.combining(c)))


def country_names() -> pd.DataFrame:
    """Names and ISO 3166-1 alpha-2 codes, one row a name: key, name, market, note, source, as_of, confidence.

    `key` is the name as `name_key` gives it. Codes themselves are names too (US, DE). `note` is not empty where the
    code is a convention, as for "Unspecified" (ZZ) or "Channel Islands" (JE); such rows have confidence D.
    """
    return _names().copy()


@cache
def _names() -> pd.DataFrame:
    table = read(FILE)
    codes = table.drop_duplicates("market").assign(name=lambda frame: frame["market"], note=None)
    table = pd.concat([codes[codes["confidence"] != "D"], table], ignore_index=True)
    table.insert(0, "key", table["name"].map(name_key))
    table["note"] = table["note"].fillna("")
    return table.drop_duplicates("key").reset_index(drop=True)


def english_names() -> dict[str, str]:
    """The English name of each ISO 3166-1 alpha-2 code."""
    table = read(FILE)
    return table[table["confidence"] == "A"].drop_duplicates("market").set_index("market")["name"].to_dict()
