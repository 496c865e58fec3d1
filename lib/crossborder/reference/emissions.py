"""Greenhouse gas of freight: the United Kingdom's conversion factors of 2025, per tonne and kilometre."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError
from crossborder.reference.files import read

__all__ = ["ATTRIBUTION", "factor", "factors", "freight_kg"]

ATTRIBUTION = (
    "Contains public sector information licensed under the Open Government Licence v3.0: "
    "UK Government GHG Conversion Factors for Company Reporting 2025."
)
SCOPES = ("ttw", "wtt", "wtw")


def factors() -> pd.DataFrame:
    """Every mode: ttw (tank to wheel), wtt (well to tank), wtw (both) in kg CO2e per tonne-km, meaning, source.

    `air` counts the effect of emissions at altitude (radiative forcing), `air_no_rf` does not: 1.03 against 0.67.
    """
    table = read("emission_factors.csv")
    table.insert(5, "wtw", (table["ttw"] + table["wtt"]).round(6))
    return table


def factor(mode: ArrayLike, scope: str = "wtw") -> np.ndarray:
    """The factor of a mode in kg CO2e per tonne-km; several modes give an array."""
    if scope not in SCOPES:
        raise InputError.unknown("scope", scope, SCOPES)
    table = factors().set_index("mode")[scope]
    names = np.asarray(mode, dtype=object)
    for name in pd.unique(names.ravel()):
        if name not in table.index:
            raise InputError.unknown("mode", name, table.index)
    return table.loc[names.ravel()].to_numpy().reshape(names.shape)[()]


def freight_kg(weight_kg: ArrayLike, distance_km: ArrayLike, mode: ArrayLike, scope: str = "wtw") -> np.ndarray:
    """Emissions of a transport, kg CO2e: weight in tonnes times km times the factor; inputs broadcast.

    >>> round(float(freight_kg(1000, 19530, "sea")), 1)
    386.1
    """
    for name, values in (("weight_kg", weight_kg), ("distance_km", distance_km)):
        array = np.asarray(values, dtype=float)
        if not (np.isfinite(array) & (array >= 0)).all():
            bad = array[~(np.isfinite(array) & (array >= 0))].flat[0]
            raise InputError.out_of_range(name, float(bad), "0 or more, finite")
    return np.asarray(weight_kg, dtype=float) / 1000.0 * np.asarray(distance_km, dtype=float) * factor(mode, scope)
