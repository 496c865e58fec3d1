"""Freight price levels, each with its day, and the scenarios drawn from them; usual transit times."""

import pandas as pd

from crossborder.errors import InputError
from crossborder.reference.files import read

__all__ = ["levels", "scenario_usd_per_feu", "scenarios", "transit_times"]


def levels(mode: str | None = None) -> pd.DataFrame:
    """Published levels: date, mode, origin, destination, value in `unit` (USD per FEU, or USD per kg by air)."""
    table = read("freight_levels.csv", dates=("date",))
    if mode is None:
        return table
    if mode not in set(table["mode"].unique()):
        raise InputError.unknown("mode", mode, table["mode"].unique())
    return table[table["mode"] == mode].reset_index(drop=True)


def scenarios() -> pd.DataFrame:
    """Four levels of sea freight, USD per 40-foot container: low, middle, high, crisis. None is a forecast."""
    return read("freight_scenarios.csv")


def scenario_usd_per_feu(name: str) -> float:
    """The level of one scenario, USD per 40-foot container."""
    table = scenarios().set_index("scenario")["usd_per_feu"]
    if name not in table.index:
        raise InputError.unknown("freight scenario", name, table.index)
    return float(table[name])


def transit_times() -> pd.DataFrame:
    """Usual transit times by mode, days: base, low, high."""
    return read("transit_times.csv")
