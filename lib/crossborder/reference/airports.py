"""Air distances as great circles, and the gateway port and airport of each market."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError
from crossborder.reference.files import read

__all__ = ["airport", "distances", "gateways", "great_circle_km", "land_points"]

EARTH_RADIUS_KM = 6371.0088  # mean radius, International Union of Geodesy and Geophysics


def great_circle_km(lon_1: ArrayLike, lat_1: ArrayLike, lon_2: ArrayLike, lat_2: ArrayLike) -> np.ndarray:
    """Length of the great circle between points in degrees, km, on a sphere (haversine formula; R. W. Sinnott, 1984).

    The ellipsoid differs by at most about 0.5 percent.

    >>> round(float(great_circle_km(0, 0, 180, 0)), 1)
    20015.1
    """
    for latitude in (lat_1, lat_2):
        off = np.asarray(latitude, dtype=float)
        if not (np.abs(off) <= 90).all():
            raise InputError.out_of_range("latitude", float(off[~(np.abs(off) <= 90)].flat[0]), "-90 to 90 degrees")
    lon_1, lat_1, lon_2, lat_2 = (np.radians(np.asarray(angle, dtype=float)) for angle in (lon_1, lat_1, lon_2, lat_2))
    across, up = lon_2 - lon_1, lat_2 - lat_1
    half = np.sin(up / 2) ** 2 + np.cos(lat_1) * np.cos(lat_2) * np.sin(across / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))


def gateways(markets: Iterable[str] | None = None) -> pd.DataFrame:
    """Each market's gateways, indexed by market: currency, port and airport with coordinates in degrees.

    CN is Shanghai and Pudong; CN_SOUTH is Yantian and Guangzhou.
    """
    table = read("gateways.csv").set_index("market")
    if markets is None:
        return table
    wanted = [markets] if isinstance(markets, str) else list(markets)
    for market in wanted:
        if market not in table.index:
            raise InputError.unknown("market", market, table.index)
    return table.loc[wanted]


def airport(iata: str) -> pd.Series:
    """One airport by IATA code: name, city, country, lon, lat."""
    table = _airports()
    if iata not in table.index:
        raise InputError.unknown("airport", iata, [code for code in table.index if code[0] == str(iata)[:1].upper()])
    return table.loc[iata].copy()


def distances(origins: Iterable[str], destinations: Iterable[str]) -> pd.DataFrame:
    """Great-circle distances between airports in km, origins by destinations (IATA codes)."""
    start = pd.DataFrame([airport(code) for code in _list(origins)])
    stop = pd.DataFrame([airport(code) for code in _list(destinations)])
    values = great_circle_km(
        start["lon"].to_numpy(float)[:, None],
        start["lat"].to_numpy(float)[:, None],
        stop["lon"].to_numpy(float),
        stop["lat"].to_numpy(float),
    )
    return pd.DataFrame(values, index=pd.Index(start.index, name="origin"), columns=stop.index.rename("destination"))


def land_points() -> np.ndarray:
    """Longitude and latitude of some 7,900 airports: drawn as faint dots they show where land is, under any map."""
    return _airports()[["lon", "lat"]].to_numpy(float).copy()


def _list(names: str | Iterable[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


@cache
def _airports() -> pd.DataFrame:
    import airportsdata

    # The table that the package holds, read at once: its own loader makes a dictionary of every one of 28,000 rows.
    table = pd.read_csv(
        Path(airportsdata.__file__).with_name("airports.csv"),
        usecols=["iata", "name", "city", "country", "lon", "lat"],
        keep_default_na=False,
    )
    table = table[table["iata"] != ""].drop_duplicates("iata", keep="last")
    return table.set_index("iata").rename_axis(None)[["name", "city", "country", "lon", "lat"]]
