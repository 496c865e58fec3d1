"""Market facts: population, income, internet users and price level of 27 markets, each with its year and source."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.reference.files import read

__all__ = ["growth", "market_facts", "of_markets", "units"]

FILE = "market_facts.csv"
EURO_MARKETS = ("DE", "ES", "FR", "IT", "NL")  # their Big Mac price is not in the index country by country


def market_facts(markets: Iterable[str] | None = None, latest: bool = True) -> pd.DataFrame:
    """The latest value of each fact, one row a market; beside each fact the year it stands for, as `<fact>_year`.

    Facts: population (persons), gdp_usd (current USD), gdp_per_head_ppp (international dollars of 2021),
    internet_share (fraction of population), big_mac_usd (USD); `units()` gives them as a table. Facts differ in
    age: official statistics are up to six years late. A missing value means the source has none (Big Mac prices
    of single euro countries). `latest=False` gives the tidy yearly rows with source, as_of and confidence.
    """
    table = _facts(markets)
    if not latest:
        return table.reset_index(drop=True)
    newest = table.sort_values("year").groupby(["market", "fact"]).tail(1)
    values = newest.pivot_table(index="market", columns="fact", values="value", aggfunc="last")
    years = newest.pivot_table(index="market", columns="fact", values="year", aggfunc="last").add_suffix("_year")
    wide = values.join(years.astype("Int64"))
    wide.columns.name = None
    return wide.reindex(columns=[name for fact in units() for name in (fact, f"{fact}_year")])


def growth(fact: str, markets: Iterable[str] | None = None, years: int = 5) -> pd.Series:
    """Compound yearly growth of a fact over its last `years` years, as a fraction, one value a market.

    Raises Refusal for a market whose history is shorter.
    """
    if fact not in units():
        raise InputError.unknown("fact", fact, units())
    if years < 1:
        raise InputError.out_of_range("years", years, "1 or more")
    table = _facts(markets).query("fact == @fact").pivot_table(index="year", columns="market", values="value")
    last = table.apply(pd.Series.last_valid_index)
    short = [market for market in table if last[market] - years not in table[market].dropna().index]
    if short or table.empty:
        raise Refusal.because(
            f"no {years}-year growth of {fact} for {', '.join(short) or 'these markets'}",
            f"the facts hold the years {_facts(None).query('fact == @fact')['year'].agg(['min', 'max']).tolist()}",
            "ask for fewer years or leave these markets out",
        )
    now = np.array([table.loc[last[market], market] for market in table])
    then = np.array([table.loc[last[market] - years, market] for market in table])
    return pd.Series((now / then) ** (1 / years) - 1, index=table.columns, name=f"{fact}_growth")


def units() -> dict[str, str]:
    """Each fact's unit."""
    return read(FILE).drop_duplicates("fact").set_index("fact")["unit"].to_dict()


def _facts(markets: Iterable[str] | None) -> pd.DataFrame:
    return of_markets(read(FILE), markets)


def of_markets(table: pd.DataFrame, markets: Iterable[str] | None) -> pd.DataFrame:
    """The rows of some markets (None: all) in a table with a column market; InputError for one that it lacks."""
    if markets is None:
        return table
    wanted = [markets] if isinstance(markets, str) else list(markets)
    known = set(table["market"].unique())
    for market in wanted:
        if market not in known:
            raise InputError.unknown("market", market, table["market"].unique())
    return table[table["market"].isin(wanted)]
