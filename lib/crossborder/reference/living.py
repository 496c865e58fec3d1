"""How people live in a market: mains and plugs, humidity, temperatures, size of homes; and what products ask of it."""

from collections.abc import Iterable

import pandas as pd

from crossborder.reference.facts import of_markets
from crossborder.reference.files import read

__all__ = ["NUMBERS", "grades", "living_conditions", "product_needs"]

FILE = "living_conditions.csv"
NUMBERS = ("humidity", "warmest_month_c", "coldest_month_c", "dwelling_m2")


def living_conditions(markets: Iterable[str] | None = None) -> pd.DataFrame:
    """One row a market: mains_voltage, mains_frequency and plug_types (text, several apart by |), humidity (mean
    relative, fraction), warmest_month_c and coldest_month_c (mean degrees Celsius), dwelling_m2 (mean home).

    Temperatures and humidity stand for the largest or usual city; a country with many climates is not one city.
    """
    wide = _facts(markets).pivot_table(index="market", columns="fact", values="value", aggfunc="first")
    wide[list(NUMBERS)] = wide[list(NUMBERS)].astype(float)
    wide.columns.name = None
    return wide[["mains_voltage", "mains_frequency", "plug_types", *NUMBERS]]


def grades(markets: Iterable[str] | None = None) -> pd.DataFrame:
    """Confidence (A to D) of each fact, one row a market, one column a fact."""
    wide = _facts(markets).pivot_table(index="market", columns="fact", values="confidence", aggfunc="first")
    wide.columns.name = None
    return wide


def product_needs() -> pd.DataFrame:
    """What products ask of a home, by HS prefix, material, trait or category: kind, key, need, value, meaning.

    Needs: rated_voltage (from-to), moisture (0 to 1, how far humid air harms), heat_limit_c, warm_from_c (used in
    months at least so warm), unfolds (volume in use over packed volume). All are judgements (confidence D).
    """
    return read("product_needs.csv", text=("key", "value"))


def _facts(markets: Iterable[str] | None) -> pd.DataFrame:
    return of_markets(read(FILE, text=("value",)), markets)
