"""Growth of own revenue by market from months of orders, with a jackknife interval over pairs of months."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from crossborder.errors import InputError

__all__ = ["Growth", "by_market", "largest_markets"]

LEAST_PAIRS = 3  # pairs of months, below which nothing is said


@dataclass(frozen=True)
class Growth:
    """Growth by market and of the whole.

    `table`: index market, by contribution; `before`, `after` (unit of the panel), `share` of the later revenue,
    `growth` with `low` and `high` (fractions; infinite without revenue before), `points` (adds up to the total growth).
    `months`: length of each of the two periods. `total`: growth, low, high of the sum.
    """

    table: pd.DataFrame
    total: pd.Series
    months: int

    @property
    def whole_years(self) -> bool:
        """Whether the season cancels out: twelve months against the twelve before."""
        return self.months == 12


def by_market(panel: pd.DataFrame, *, level: float = 0.9) -> Growth | None:
    """The last twelve months against the twelve before; with a shorter history its halves. None below six months.

    `panel`: whole months (rows) by market, revenue. The interval is that of the delete-one jackknife over pairs of
    months on the log of the ratio of sums (Efron and Tibshirani 1993, ch. 11), with Student's t.
    """
    if not 0 < level < 1:
        raise InputError.out_of_range("level", level, "between 0 and 1")
    months = min(12, len(panel) // 2)
    if months < LEAST_PAIRS:
        return None
    later, earlier = panel.iloc[-months:].to_numpy(float), panel.iloc[-2 * months : -months].to_numpy(float)
    after, before = (pd.Series(part.sum(axis=0), index=panel.columns) for part in (later, earlier))
    low, high = _interval(earlier, later, level)
    growth = _ratio(after.to_numpy(), before.to_numpy())
    table = pd.DataFrame(
        {"before": before, "after": after, "share": after / after.sum(), "growth": growth, "low": low, "high": high,
         "points": (after - before) / before.sum() if before.sum() > 0 else np.nan},
        index=panel.columns,
    )  # fmt: skip
    low, high = _interval(earlier.sum(axis=1, keepdims=True), later.sum(axis=1, keepdims=True), level)
    whole = _ratio(np.array([after.sum()]), np.array([before.sum()]))
    total = pd.Series({"growth": float(whole[0]), "low": float(low[0]), "high": float(high[0])})
    return Growth(table.sort_values("points", ascending=False).rename_axis("market"), total, months)


def _ratio(after: np.ndarray, before: np.ndarray) -> np.ndarray:
    return np.divide(after, before, out=np.full(after.shape, np.inf), where=before > 0) - 1


def _interval(earlier: np.ndarray, later: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the growth of each column; missing where a period is without revenue if one month is left out."""
    count = len(earlier)
    rest_before, rest_after = (part.sum(axis=0) - part for part in (earlier, later))
    usable = (rest_before > 0).all(axis=0) & (rest_after > 0).all(axis=0)
    safe_before, safe_after = (np.where(usable, part, 1.0) for part in (rest_before, rest_after))
    logs = np.log(safe_after / safe_before)
    error = np.sqrt((count - 1) / count * ((logs - logs.mean(axis=0)) ** 2).sum(axis=0))
    middle = np.log(np.where(usable, later.sum(axis=0), 1.0) / np.where(usable, earlier.sum(axis=0), 1.0))
    half = special.stdtrit(count - 1, 0.5 + level / 2) * error
    return tuple(np.where(usable, np.expm1(middle + sign * half), np.nan) for sign in (-1, 1))


def largest_markets(sales: pd.DataFrame, most: int = 12, least_share: float = 0.01) -> tuple[str, ...]:
    """Markets by own revenue (`revenue_usd`), largest first: at most `most`, each with `least_share` or more."""
    total = sales.groupby("market")["revenue_usd"].sum().sort_values(ascending=False)
    kept = total[total / total.sum() >= least_share]
    return tuple((kept if len(kept) else total).index[:most])
