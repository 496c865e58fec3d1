"""Range checks of arguments: the value or array as floats, or one plain error that names it."""

import numpy as np
from numpy.typing import ArrayLike

from crossborder.errors import InputError

__all__ = ["at_least", "between", "needs", "positive"]


def positive(name: str, value: ArrayLike, do: str = "") -> np.ndarray:
    """The value as floats, all above 0 and finite."""
    array = np.asarray(value, float)
    if (array.size and not (array > 0).all()) or not np.isfinite(array).all():
        raise InputError.out_of_range(name, _worst(array, array > 0), "numbers above 0", do)
    return array


def at_least(name: str, value: ArrayLike, low: float, do: str = "") -> np.ndarray:
    """The value as floats, all at least `low` and not missing."""
    array = np.asarray(value, float)
    if not (array >= low).all():
        raise InputError.out_of_range(name, _worst(array, array >= low), f"numbers from {low:g}", do)
    return array


def between(name: str, value: ArrayLike, low: float, high: float, do: str = "") -> np.ndarray:
    """The value as floats, all from `low` to `high`."""
    array = np.asarray(value, float)
    good = (array >= low) & (array <= high)
    if not good.all():
        raise InputError.out_of_range(name, _worst(array, good), f"numbers from {low:g} to {high:g}", do)
    return array


def needs(frame: object, table: str, columns: str) -> None:
    """Nothing, or the error that `frame` lacks some of `columns` (names apart by spaces)."""
    missing = set(columns.split()) - set(frame.columns)
    if missing:
        raise InputError.missing_columns(table, missing, frame.columns)


def _worst(array: np.ndarray, good: np.ndarray) -> object:
    """The first bad value, with the count of bad values when there are several."""
    bad = np.atleast_1d(array)[~np.atleast_1d(good & np.isfinite(array))]
    return float(bad[0]) if len(bad) == 1 else f"{bad[0]:g} (and {len(bad) - 1} more)"
