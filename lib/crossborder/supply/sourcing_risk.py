"""What a second source is worth: outages simulated over suppliers, buffer stock against dual sourcing, buying windows.

Sources: B. Tomlin, Management Science 52(5), 2006 (mitigation against contingency); L. V. Snyder and Z. M. Shen,
Fundamentals of Supply Chain Theory, 2nd ed., chapter 9; Holt's method for the price trend (see `smoothing`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.supply.checks import at_least, between, needs, positive

__all__ = [
    "BuyAhead",
    "buy_ahead",
    "concentration",
    "early_payment",
    "improvement_ramp",
    "outage_losses",
    "resilience_curve",
    "switch_value",
    "tail_mean",
]


@dataclass(frozen=True)
class BuyAhead:
    """Months to buy ahead at today's price, the expected saving, and its 5 % to 95 % range, money."""

    months: int
    saving: float
    low: float
    high: float
    saving_by_months: np.ndarray
    price_path: np.ndarray


def concentration(share: ArrayLike) -> dict[str, float]:
    """Herfindahl index of shares, its inverse (suppliers as if equal), and the largest share."""
    share = at_least("share", share, 0)
    share = share / share.sum()
    index = float((share**2).sum())
    return {"hhi": index, "effective_suppliers": 1 / index, "largest": float(share.max())}


def outage_losses(
    share: ArrayLike,
    outage_probability: ArrayLike,
    outage_days: float,
    switch_days: float,
    spare_share: ArrayLike,
    margin_day: float,
    rng: np.random.Generator,
    cover_days: float = 0.0,
    draws: int = 20_000,
) -> np.ndarray:
    """Lost margin of a year, money, one draw each: suppliers fail at random, stock covers first days, spare capacity
    takes over after `switch_days`.

    `share` of the volume by supplier; outages start as a Poisson process with the yearly probability and last an
    exponential time with mean `outage_days`. The others can make
    `spare_share` (one number, or one a supplier) of the lost volume.
    """
    share = at_least("share", share, 0)
    chance = between("outage_probability", outage_probability, 0, 0.9999)
    rate = -np.log1p(-chance)
    events = rng.poisson(rate, (draws, len(share)))
    length = np.where(events > 0, rng.gamma(np.maximum(events, 1), outage_days), 0.0)
    bare = np.maximum(length - cover_days * np.maximum(events, 1), 0.0)
    before = np.minimum(bare, np.maximum(switch_days - cover_days, 0) * np.maximum(events, 1))
    lost_days = before + (bare - before) * (1 - between("spare_share", spare_share, 0, 1))
    return (lost_days * share).sum(1) * margin_day


def resilience_curve(
    suppliers: pd.DataFrame,
    demand: float,
    margin_unit: float,
    caps: ArrayLike,
    outage_days: float,
    switch_days: float,
    rng: np.random.Generator,
    draws: int = 20_000,
) -> pd.DataFrame:
    """Cost of resilience by supplier cap: purchases, expected lost margin, mean of the worst twentieth, total.

    `suppliers` as for `allocation.allocate` plus outage_probability. A tighter cap spreads the volume.
    """
    from crossborder.errors import Refusal
    from crossborder.supply.allocation import allocate

    needs(suppliers, "suppliers", "outage_probability")
    margin_day = demand * 12 / 365 * margin_unit
    rows = []
    for cap in caps:  # over a handful of caps
        try:
            found = allocate(suppliers, demand, supplier_cap=float(cap))
        except Refusal:
            continue
        plan = found.plan.merge(suppliers[["supplier_id", "outage_probability", "capacity"]], on="supplier_id")
        chance, free = plan["outage_probability"], plan["capacity"] - plan["units"]
        # What the others could take over of a supplier's volume.
        spare = np.clip((free.sum() - free) / np.maximum(plan["units"], 1e-9), 0, 1)
        losses = outage_losses(plan["share"], chance, outage_days, switch_days, spare, margin_day, rng, draws=draws)
        used = int((plan["units"] > 1e-6).sum())
        rows.append({"cap": float(cap), "suppliers_used": used, **_loss_row(found.cost * 12, losses)})
    return pd.DataFrame(rows)


def _loss_row(purchase_cost: float, losses: np.ndarray) -> dict[str, float]:
    """Purchase cost, expected loss with its simulation interval (90 %), tail and total, money a year."""
    mean, error = float(losses.mean()), 1.645 * float(losses.std(ddof=1)) / np.sqrt(len(losses))
    return {
        "purchase_cost_year": purchase_cost,
        "expected_loss_year": mean,
        "loss_low": mean - error,
        "loss_high": mean + error,
        "tail_loss_year": tail_mean(losses),
        "total_year": purchase_cost + mean,
    }


def tail_mean(losses: ArrayLike, share: float = 0.05) -> float:
    """Mean of the worst `share` of the losses (expected shortfall), money."""
    worst = np.sort(np.asarray(losses, float))[::-1]
    return float(worst[: max(int(len(worst) * share), 1)].mean())


def switch_value(
    share: ArrayLike,
    outage_probability: ArrayLike,
    outage_days: float,
    switch_days: ArrayLike,
    spare_share: float,
    margin_day: float,
    rng: np.random.Generator,
    draws: int = 20_000,
) -> pd.DataFrame:
    """Expected and tail loss of a year by the days it takes to switch (the same outages for every value)."""
    seed = int(rng.integers(2**31))
    rows = []
    for days in np.atleast_1d(switch_days):  # over a handful of values
        drawn = np.random.default_rng(seed)
        loss = outage_losses(
            share, outage_probability, outage_days, float(days), spare_share, margin_day, drawn, draws=draws
        )
        rows.append({"switch_days": float(days), "expected_loss": loss.mean(), "tail_loss": tail_mean(loss)})
    return pd.DataFrame(rows)


def buy_ahead(
    prices: ArrayLike,
    need_month: float,
    holding_rate_month: float,
    rng: np.random.Generator,
    most_months: int = 6,
    draws: int = 4000,
) -> BuyAhead:
    """How many months of material to buy now, from a monthly price series: damped trend plus redrawn past errors.

    Buying k months ahead saves the price rise of each month and pays `holding_rate_month` of today's price for the
    months held. The range comes from price paths with bootstrapped one-month errors.
    """
    from crossborder.supply.smoothing import best_of_grid, holt

    prices = positive("prices", prices)
    log = np.log(prices)[None, :]
    grid = [{"alpha": a, "beta": b, "damping": 0.9} for a in (0.5, 0.8, 0.95) for b in (0.05, 0.2, 0.4)]
    fit, _ = best_of_grid(log, holt, grid, skip=3)
    centre = fit.forecast(most_months)[0]
    error = (log - fit.fitted)[0, 3:]
    shock = np.cumsum(rng.choice(error - error.mean(), (draws, most_months)), axis=1)
    path = np.exp(centre + shock)
    month = np.arange(1, most_months + 1)
    gain = need_month * (path - prices[-1] * (1 + holding_rate_month * month))
    total = np.concatenate([np.zeros((draws, 1)), np.cumsum(gain, axis=1)], axis=1)
    mean = total.mean(0)
    best = int(mean.argmax())
    low, high = np.quantile(total[:, best], [0.05, 0.95])
    return BuyAhead(
        best, float(mean[best]), float(low), float(high), mean, np.quantile(path, [0.05, 0.5, 0.95], axis=0)
    )


def early_payment(
    purchases_year: ArrayLike, days_earlier: ArrayLike, discount: ArrayLike, own_rate_year: float
) -> pd.DataFrame:
    """Yearly effect of paying suppliers earlier for a discount: cost at our own rate, gain, implied yearly rate.

    The implied rate is (1 + d / (1 - d)) ** (365 / days) - 1, the usual rate of a cash discount.
    """
    bought, days = at_least("purchases_year", purchases_year, 0), positive("days_earlier", days_earlier)
    discount = between("discount", discount, 0, 0.5)
    saved = np.atleast_1d(bought * discount)
    cost = bought * (1 - discount) * own_rate_year * days / 365
    rate = (1 + discount / (1 - discount)) ** (365 / days) - 1
    return pd.DataFrame({"saved": saved, "financing_cost": cost, "gain": saved - cost, "implied_rate_year": rate})


def improvement_ramp(start: float, reduction: float, years: int, weight: ArrayLike | None = None) -> pd.DataFrame:
    """Path of a programme that cuts `start` by `reduction` (fraction) over `years`: equal yearly rate, or by weight."""
    between("reduction", reduction, 0, 0.999)
    year = np.arange(0, years + 1)
    if weight is None:
        level = start * (1 - reduction) ** (year / years)
    else:
        share = np.concatenate([[0.0], np.cumsum(weight) / np.sum(weight)])
        level = start * (1 - reduction * share)
    return pd.DataFrame(
        {"year": year, "level": level, "saved": start - level, "saved_so_far": np.cumsum(start - level)}
    )
