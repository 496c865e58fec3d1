"""What a market asks of a product before it may be sold: certificates, forbidden inputs, images that offend.

Costs and days are placeholders (confidence D) with a range; the names come from a published list or from memory.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError
from crossborder.reference.days import one_day
from crossborder.reference.files import read

__all__ = ["TRAITS", "banned", "required", "restrictions", "taboos", "traits"]

TRAITS = ("general", "electrical", "radio", "battery", "food_contact", "cosmetic", "toys", "textile")


def required(
    markets: str | Iterable[str],
    trait: str | Iterable[str] | None = None,
    on: str | pd.Timestamp | None = None,
    voluntary: bool = False,
) -> pd.DataFrame:
    """Certificates asked for, one row a market, trait and certificate: cost (USD) and lead time (days), low to high.

    `trait` is what the rule hangs on (see `TRAITS`; `traits` finds them from the HS code); `general` holds for every
    good. `on` leaves out rules that begin later; `voluntary=True` adds what retailers or buyers ask for beyond the law.
    """
    table = read("certificates.csv", dates=("valid_from",))
    table = table[table["market"].isin(_known(table, "market", markets))]
    if trait is not None:
        table = table[table["trait"].isin(_trait_names(trait))]
    if on is not None:
        table = table[table["valid_from"].isna() | (table["valid_from"] <= one_day("on", on))]
    if not voluntary:
        table = table[table["mandatory"]]
    return table.reset_index(drop=True)


def traits(hs_code: ArrayLike, battery: ArrayLike = False) -> pd.DataFrame:
    """Which traits each good has, one row a good and one boolean column a trait; `general` is always true.

    Read from the HS code by the longest fitting prefixes; radio implies electrical.
    """
    codes, cells = np.broadcast_arrays(np.asarray(hs_code, dtype=object), np.asarray(battery, dtype=bool))
    codes = pd.Series(codes.ravel()).astype("str")
    if not codes.str.fullmatch(r"\d{6}").all():
        bad = codes[~codes.str.fullmatch(r"\d{6}")].iloc[0]
        raise InputError.out_of_range("hs_code", bad, "six digits as text", "read the column as text")
    table = read("product_traits.csv", text=("hs",))
    found = pd.DataFrame(False, index=codes.index, columns=list(TRAITS))
    for name, prefixes in table.groupby("trait")["hs"]:
        found[name] = codes.str.startswith(tuple(prefixes))
    found["battery"] |= cells.ravel()
    found["electrical"] |= found["radio"]
    found["general"] = True
    return found


def banned(markets: str | Iterable[str] | None = None, trait: str | Iterable[str] | None = None) -> pd.DataFrame:
    """Inputs that a market bans or restricts: market, item, trait (empty = every good), status, note, source."""
    table = restrictions(markets).query("kind == 'input'")
    if trait is not None:
        table = table[table["trait"].isin(["", *_trait_names(trait)])]
    return table.drop(columns=["penalty_low", "penalty", "penalty_high"]).reset_index(drop=True)


def taboos(markets: str | Iterable[str] | None = None) -> pd.DataFrame:
    """Images and words that offend or are forbidden in a market, with the share of conversions lost, low to high."""
    return restrictions(markets).query("kind == 'taboo'").drop(columns="trait").reset_index(drop=True)


def restrictions(markets: str | Iterable[str] | None = None) -> pd.DataFrame:
    """Forbidden inputs and taboos together, one row a market and item."""
    table = read("restrictions.csv").fillna({"trait": "", "note": ""})
    if markets is None:
        return table
    return table[table["market"].isin(_known(table, "market", markets))].reset_index(drop=True)


def _trait_names(trait: str | Iterable[str]) -> list[str]:
    names = [trait] if isinstance(trait, str) else list(trait)
    for name in names:
        if name not in TRAITS:
            raise InputError.unknown("trait", name, TRAITS)
    return names


def _known(table: pd.DataFrame, column: str, wanted: str | Iterable[str]) -> list[str]:
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    known = set(table[column].unique())
    for name in names:
        if name not in known:
            raise InputError.unknown(column, name, table[column].unique())
    return names
