"""Where visitors are lost, what a point of each step is worth, and which stage of the life cycle is weakest."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.marketing.paths import wilson_interval

__all__ = ["aarrr", "funnel", "method_uplift", "step_value", "weakest_step"]


def funnel(counts: pd.Series, *, value_per_order: float, level: float = 0.9) -> pd.DataFrame:
    """Steps of a funnel with rate, interval, people lost, and the money that one more point of the rate is worth.

    `counts` go from the widest step to orders. `point_value` is orders times value gained when the step's rate rises by
    0.01 and later rates stay. Columns: step, people, rate, rate_low, rate_high, lost, point_value, elasticity_value.

    >>> float(funnel(pd.Series({"visits": 1000, "orders": 20}), value_per_order=50.0)["point_value"].iloc[1])
    500.0
    """
    people = counts.to_numpy(dtype=float)
    if len(people) < 2 or (people < 0).any() or people[0] <= 0:
        raise InputError.out_of_range("counts", counts.to_dict(), "two or more steps from people above 0")
    if (np.diff(people) > 0).any():
        wider = counts.index[1:][np.diff(people) > 0].tolist()
        raise InputError.out_of_range(
            "counts", f"{wider} wider than the step before", "falling counts", "check the stages"
        )
    before = np.concatenate([[people[0]], people[:-1]])
    rate = people / np.maximum(before, 1e-300)
    low, high = wilson_interval(people, before, level)
    gained = np.where(rate > 0, 0.01 / np.maximum(rate, 1e-300) * people[-1] * value_per_order, 0.0)
    first = np.arange(len(people)) == 0
    return pd.DataFrame(
        {
            "step": counts.index,
            "people": people,
            "rate": rate,
            "rate_low": np.where(first, 1.0, low),
            "rate_high": np.where(first, 1.0, high),
            "lost": before - people,
            "point_value": np.where(first, 0.0, gained),
        }
    )


def step_value(frame: pd.DataFrame, rates_elsewhere: pd.Series, *, value_per_order: float) -> pd.DataFrame:
    """Money won if each step reached a reference rate (the best market, a benchmark), the others as they are.

    Adds columns reference and gap_value; the bottleneck is the largest gap_value.
    """
    reference = frame["step"].map(rates_elsewhere).astype(float).fillna(frame["rate"])
    lift = np.maximum(reference / frame["rate"] - 1, 0.0)
    orders = float(frame["people"].iloc[-1])
    return frame.assign(reference=reference, gap_value=lift * orders * value_per_order)


def weakest_step(frame: pd.DataFrame) -> str:
    """The step with the largest `gap_value` (or the largest `point_value` where no reference is given)."""
    column = "gap_value" if "gap_value" in frame else "point_value"
    return str(frame.loc[frame[column].idxmax(), "step"])


def aarrr(monthly: pd.DataFrame) -> pd.DataFrame:
    """Acquisition, activation, retention, referral, revenue a month: rates against their own past, weakest stage.

    `monthly`: index month, columns of stage counts in this order. Each stage's rate is over the stage before (the first
    over its own mean). `z` compares the last month with the mean and spread of the earlier ones.
    Columns: stage, count, rate, mean_rate, z, weakest.
    """
    if len(monthly) < 3:
        raise InputError.out_of_range("months", len(monthly), "3 or more")
    counts = monthly.astype(float)
    rates = counts / counts.shift(1, axis=1)
    first = counts.columns[0]
    rates[first] = counts[first] / counts[first].mean()
    past = rates.iloc[:-1]
    z = (rates.iloc[-1] - past.mean()) / past.std(ddof=1).clip(lower=1e-9)
    frame = pd.DataFrame(
        {"count": counts.iloc[-1], "rate": rates.iloc[-1], "mean_rate": past.mean(), "z": z}
    ).rename_axis("stage")
    return frame.assign(weakest=frame["z"] == frame["z"].min()).reset_index()


def method_uplift(methods: pd.DataFrame, available: list[str], added: str) -> float:
    """Conversion at the pay step after adding a payment method: buyers who want a missing method leave with some share.

    `methods`: index method, columns preference (share of buyers, sums to 1) and walk_away (share who leave without it).

    >>> m = pd.DataFrame({"preference": [0.7, 0.3], "walk_away": [0.5, 0.5]}, index=["card", "wallet"])
    >>> round(method_uplift(m, ["card"], "wallet"), 4)
    0.1765
    """
    if added not in methods.index:
        raise InputError.unknown("method", added, methods.index)

    def kept(have: list[str]) -> float:
        missing = ~methods.index.isin(have)
        return float(1 - (methods["preference"] * methods["walk_away"])[missing].sum())

    return kept([*available, added]) / kept(available) - 1
