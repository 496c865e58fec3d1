"""Growth by invitation: the viral coefficient, its interval, and what it adds over time."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["growth_path", "viral_coefficient"]


def viral_coefficient(users: float, invites: float, accepted: float, *, level: float = 0.9) -> pd.Series:
    """K = invites a user times acceptance = accepted / users, with an exact Poisson interval.

    >>> float(viral_coefficient(100, 300, 30)["k"])
    0.3
    """
    from scipy.special import gammaincinv

    if users <= 0 or not 0 <= accepted <= invites:
        raise InputError.out_of_range(
            "users, invites, accepted", (users, invites, accepted), "users above 0, accepted <= invites"
        )
    tail = (1 - level) / 2
    low = float(gammaincinv(accepted, tail)) / users if accepted > 0 else 0.0
    return pd.Series(
        {
            "invites_a_user": invites / users,
            "acceptance": accepted / invites if invites else 0.0,
            "k": accepted / users,
            "low": low,
            "high": float(gammaincinv(accepted + 1, 1 - tail)) / users,
            "multiplier": 1 / (1 - accepted / users) if accepted < users else float("inf"),
        }
    )


def growth_path(start: float, k: float, *, cycle_days: float, days: int, paid_a_day: float = 0.0) -> pd.DataFrame:
    """Users over time when every user brings `k` others one cycle later, plus paid users.

    Without paid users: start * (k^(t / c + 1) - 1) / (k - 1) (Skok 2009). Columns: day, users, without_referral.
    """
    if cycle_days <= 0 or days < 1 or k < 0:
        raise InputError.out_of_range("cycle_days, days, k", (cycle_days, days, k), "above 0, from 1, 0 or more")
    day = np.arange(days + 1)
    cohort = np.zeros(days + 1)
    cohort[0] = start
    step = max(round(cycle_days), 1)
    for t in range(1, days + 1):
        cohort[t] = paid_a_day + (k * cohort[t - step] if t >= step else 0.0)
    return pd.DataFrame({"day": day, "users": cohort.cumsum(), "without_referral": start + paid_a_day * day})
