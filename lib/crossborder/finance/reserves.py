"""Reserves set aside from sales: the risk reserve as an account, its strength, and the accrual for warranty."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from crossborder.errors import InputError, Refusal

__all__ = ["reserve_account", "reserve_strength", "warranty_accrual"]


def reserve_account(
    sales_usd: Sequence[float], losses_usd: Sequence[float], *, rate: float, opening_usd: float = 0.0,
    ceiling_usd: float = float("inf"),
) -> pd.DataFrame:  # fmt: skip
    """The reserve period by period, USD: opening + accrued (rate x sales, up to the ceiling) - drawn = closing.

    Losses are drawn as far as the reserve reaches; `top_up_usd` is the rest, which the period's profit must bear.
    """
    sales, losses = np.asarray(sales_usd, dtype=float), np.asarray(losses_usd, dtype=float)
    if len(sales) != len(losses) or (losses < 0).any() or not 0 <= rate <= 1 or opening_usd < 0:
        got = (len(sales), len(losses), rate, opening_usd)
        raise InputError.out_of_range(
            "sales, losses, rate, opening", got, "same lengths, losses at least 0, rate 0 to 1"
        )
    rows, held = [], float(opening_usd)
    for earned, lost in zip(sales, losses, strict=True):
        accrued = min(max(rate * earned, 0.0), max(ceiling_usd - held, 0.0))
        drawn = min(lost, held + accrued)
        closing = held + accrued - drawn
        rows.append((held, accrued, drawn, closing, lost - drawn))
        held = closing
    return pd.DataFrame(rows, columns=["opening_usd", "accrued_usd", "drawn_usd", "closing_usd", "top_up_usd"])


def reserve_strength(
    sales_usd: Sequence[float],
    losses_usd: Sequence[float],
    *,
    rates: Sequence[float],
    rng: np.random.Generator,
    opening_usd: float = 0.0,
    months: int = 12,
    paths: int = 4000,
) -> pd.DataFrame:
    """For each rate: the probability that a year's losses pass the reserve at some point, with its sampling interval.

    Months of past sales and losses are drawn together with replacement. Columns rate, runs_out, low, high (95 %,
    Wilson, 1927), needed_rate (of sales that would have covered the past exactly).
    """
    sales, losses = np.asarray(sales_usd, dtype=float), np.asarray(losses_usd, dtype=float)
    if len(sales) < 12 or len(sales) != len(losses):
        raise Refusal.because("no strength of the reserve", f"{len(sales)} months are given", "give at least 12")
    pick = rng.integers(0, len(sales), (paths, months))
    earned, lost = sales[pick].cumsum(axis=1), losses[pick].cumsum(axis=1)
    rows = []
    for rate in rates:
        out = float((opening_usd + rate * earned - lost).min(axis=1).__lt__(-1e-9).mean())
        rows.append((rate, out, *_wilson(out, paths), losses.sum() / sales.sum()))
    return pd.DataFrame(rows, columns=["rate", "runs_out", "low", "high", "needed_rate"])


def warranty_accrual(
    groups: pd.DataFrame, *, repair_share: float, repair_usd: float, level: float = 0.9, extra_order_value: float = 0.0
) -> pd.DataFrame:
    """What to set aside a piece sold for failures, by group, USD: mean and the upper end of its interval.

    `groups` has group, units, failures, replacement_usd (goods and delivery of a new piece) and price_usd. A failed
    piece is repaired with probability `repair_share` for `repair_usd`, else replaced. The failure rate is a Beta with
    Jeffreys' prior. `extra_order_value` is the rise of price or basket that a warranty is said to bring: `covered`
    says whether a tenth of it as margin pays the accrual.
    """
    needed = {"group", "units", "failures", "replacement_usd", "price_usd"}
    if needed - set(groups.columns):
        raise InputError.missing_columns("groups", needed - set(groups.columns), groups.columns)
    if (groups["failures"] > groups["units"]).any() or not 0 <= repair_share <= 1:
        raise InputError.out_of_range("failures or repair_share", repair_share, "failures up to units, share 0 to 1")
    units, failures = groups["units"].to_numpy(float), groups["failures"].to_numpy(float)
    a, b = failures + 0.5, units - failures + 0.5
    cost = repair_share * repair_usd + (1 - repair_share) * groups["replacement_usd"].to_numpy(float)
    low, high = betaincinv(a, b, (1 - level) / 2), betaincinv(a, b, (1 + level) / 2)
    table = groups[["group", "units", "failures"]].assign(
        failure_rate=a / (a + b), accrual_usd=a / (a + b) * cost, low=low * cost, high=high * cost
    )
    table["share_of_price"] = table["accrual_usd"] / groups["price_usd"].to_numpy(float)
    table["year_usd"] = table["accrual_usd"] * units
    table["covered"] = extra_order_value * groups["price_usd"].to_numpy(float) * 0.1 >= table["accrual_usd"]
    return table


def _wilson(share: float, count: int, z: float = 1.959963984540054) -> tuple[float, float]:
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2)) / (1 + z**2 / count)
    # Rounding must not push an end past the share itself.
    return min(max(middle - half, 0.0), share), max(min(middle + half, 1.0), share)
