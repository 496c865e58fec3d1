"""Results of reductions as frames that can be compared whatever order an engine gives its rows in."""

from dataclasses import fields, is_dataclass

import numpy as np
import pandas as pd

__all__ = ["same", "tables_of"]


def tables_of(result: object, name: str = "result") -> dict[str, pd.DataFrame]:
    """All frames, series, arrays and values of a result by name."""
    if isinstance(result, pd.DataFrame):
        named = any(name is not None for name in result.index.names) or not isinstance(result.index, pd.RangeIndex)
        return {name: result.reset_index() if named else result}
    if isinstance(result, pd.Series):
        return tables_of(result.rename("value").to_frame(), name)
    if isinstance(result, dict):
        return {k: v for key, part in result.items() for k, v in tables_of(part, f"{name}.{key}").items()}
    if is_dataclass(result):
        return tables_of({field.name: getattr(result, field.name) for field in fields(result)}, name)
    if isinstance(result, tuple | list) and any(isinstance(p, pd.DataFrame | pd.Series | np.ndarray) for p in result):
        return tables_of({str(place): part for place, part in enumerate(result)}, name)
    if isinstance(result, np.ndarray):
        return {name: pd.DataFrame({"value": result.ravel()})}
    return {name: pd.DataFrame({"value": [result]})}


def same(one: object, other: object, *, rtol: float = 1e-7) -> None:
    """Raises AssertionError where two results differ in names, rows or values beyond rounding.

    Spark divides whole numbers by a literal in decimals of some nine digits, so that is how far equality can go.
    """
    left, right = tables_of(one), tables_of(other)
    assert left.keys() == right.keys()
    for name in left:
        a, b = _sorted(left[name]), _sorted(right[name])
        assert list(a.columns) == list(b.columns), name
        pd.testing.assert_frame_equal(a, b, check_dtype=False, rtol=rtol, atol=1e-9, obj=name)


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    plain = pd.DataFrame({str(column): _plain(frame[column]) for column in frame})
    keys = [column for column in plain if plain[column].dtype != "float64"]
    values = [column for column in plain if plain[column].dtype == "float64"]
    rounded = plain.assign(**{f"_{column}": plain[column].round(6) for column in values})
    order = rounded.sort_values([*keys, *(f"_{column}" for column in values)], kind="stable").index
    return plain.loc[order].reset_index(drop=True)


def _plain(column: pd.Series) -> pd.Series:
    """One kind for each family of types: engines differ in integer sizes, date and text types."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        return column.astype("float64")
    if pd.api.types.is_datetime64_any_dtype(column):
        moments = column.dt.tz_convert("UTC").dt.tz_localize(None) if column.dt.tz else column
        return moments.astype("datetime64[us]")
    return column.astype(object).map(str)
