"""Days as the functions of this package read them: text, dates or arrays of them, without time zone."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError

__all__ = ["one_day", "some_days"]

FORM = "a date such as 2026-10-31"


def one_day(name: str, value: object) -> pd.Timestamp:
    """One day at midnight; `name` is the argument that an error tells of."""
    try:
        day = pd.Timestamp(value)
    except (ValueError, TypeError):
        raise InputError.out_of_range(name, value, FORM) from None
    if day is pd.NaT:
        raise InputError.out_of_range(name, "a missing date", FORM)
    return day.tz_localize(None).normalize()


def some_days(name: str, values: ArrayLike) -> np.ndarray:
    """Days as datetime64, in the shape of the input; times of day are cut off, other zones go to UTC first."""
    try:
        days = pd.to_datetime(np.ravel(values), utc=True).tz_localize(None).normalize()
    except (ValueError, TypeError) as error:
        raise InputError.out_of_range(name, str(error).splitlines()[0], FORM) from None
    if days.isna().any():
        raise InputError.out_of_range(name, f"missing in {int(days.isna().sum())} rows", "a date for every row")
    return days.to_numpy("datetime64[ns]").reshape(np.shape(values))
