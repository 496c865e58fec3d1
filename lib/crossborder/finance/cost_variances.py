"""Why results differ from plan, in parts that sum exactly: flexible budget, price, quantity, mix and yield."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["flexible_budget", "input_variances", "sales_variances"]


def flexible_budget(
    planned: pd.Series, actual: pd.Series, *, fixed: list[str], volume: str = "units", sales: str = "sales"
) -> pd.DataFrame:
    """Plan, plan at the actual volume, actual: line, static, flexible, actual, volume_variance, flexible_variance.

    Series have `volume`, `sales` and cost lines (positive); costs named in `fixed` do not move with volume. Variances
    are favourable above zero; the last row is operating income, whose two variances sum to actual less plan
    (Horngren, Cost Accounting, chapter 7).
    """
    missing = [name for name in (volume, sales, *fixed) if name not in planned or name not in actual]
    if missing or set(planned.index) != set(actual.index):
        raise InputError.missing_columns("planned, actual", missing or ["the same lines"], planned.index)
    if planned[volume] <= 0:
        raise InputError.out_of_range(volume, float(planned[volume]), "above 0", "")
    lines = [name for name in planned.index if name != volume]
    scale = actual[volume] / planned[volume]
    moved = pd.Series({name: planned[name] * (1 if name in fixed else scale) for name in lines})
    sign = pd.Series({name: 1.0 if name == sales else -1.0 for name in lines})
    table = pd.DataFrame({"static": planned[lines], "flexible": moved, "actual": actual[lines]}).astype(float)
    income = (table.mul(sign, axis=0)).sum()
    table["volume_variance"] = (table["flexible"] - table["static"]) * sign
    table["flexible_variance"] = (table["actual"] - table["flexible"]) * sign
    last = {**income, "volume_variance": income["flexible"] - income["static"]}
    table.loc["operating_income"] = {**last, "flexible_variance": income["actual"] - income["flexible"]}
    return table.rename_axis("line").reset_index()


def input_variances(
    actual_quantity: np.ndarray, actual_price: np.ndarray, standard_quantity: np.ndarray, standard_price: np.ndarray
) -> pd.DataFrame:
    """Inputs against their standard for the actual output: price, mix, yield, and efficiency (mix and yield together).

    Favourable above zero. `standard_quantity` is what the actual output should have taken of each input. With one
    input the mix is zero. Price + efficiency = standard cost less actual cost (Horngren, chapter 7 and 14).
    """
    q, p, sq, sp = (np.atleast_1d(np.asarray(part, float)) for part in (
        actual_quantity, actual_price, standard_quantity, standard_price))  # fmt: skip
    if not q.shape == p.shape == sq.shape == sp.shape or (q < 0).any() or (sq < 0).any() or sq.sum() <= 0:
        raise InputError.out_of_range("quantities and prices", (q.shape, sq.shape), "as long, 0 or more", "")
    mixed = q.sum() * sq / sq.sum()
    return pd.DataFrame(
        {
            "price": (sp - p) * q,
            "efficiency": (sq - q) * sp,
            "mix": (mixed - q) * sp,
            "yield": (sq - mixed) * sp,
        }
    )


def sales_variances(
    actual_units: np.ndarray, actual_margin: np.ndarray, budget_units: np.ndarray, budget_margin: np.ndarray,
    *, market_actual: float | None = None, market_budget: float | None = None,
) -> pd.Series:  # fmt: skip
    """Contribution against budget by products: price (margin a unit), mix, quantity; with the market's size also
    share and size, into which quantity splits. Favourable above zero; price + mix + quantity is the whole difference
    (Horngren, chapter 14).
    """
    u, m, bu, bm = (np.atleast_1d(np.asarray(part, float)) for part in (
        actual_units, actual_margin, budget_units, budget_margin))  # fmt: skip
    if not u.shape == m.shape == bu.shape == bm.shape or bu.sum() <= 0 or (u < 0).any():
        raise InputError.out_of_range("units and margins", (u.shape, bu.shape), "as long, 0 or more", "")
    usual = float((bu * bm).sum() / bu.sum())
    found = {
        "price": float(((m - bm) * u).sum()),
        "mix": float(((u - u.sum() * bu / bu.sum()) * bm).sum()),
        "quantity": float((u.sum() - bu.sum()) * usual),
    }
    if market_actual is not None and market_budget is not None:
        if market_actual <= 0 or market_budget <= 0:
            raise InputError.out_of_range("market", (market_actual, market_budget), "above 0", "")
        found["market_share"] = (u.sum() - market_actual * bu.sum() / market_budget) * usual
        found["market_size"] = (market_actual - market_budget) * bu.sum() / market_budget * usual
    return pd.Series(found)
