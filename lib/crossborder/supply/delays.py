"""How late deliveries are, why, and how long order handling takes: delay distributions, queues, lead-time simulation.

Sources: D. Gross et al., Fundamentals of Queueing Theory, 4th ed., Wiley 2008 (Erlang C); J. F. C. Kingman,
Mathematical Proceedings of the Cambridge Philosophical Society 57, 1961 (G/G/c approximation, Allen-Cunneen form).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from crossborder.errors import InputError
from crossborder.supply.checks import at_least, needs, positive
from crossborder.supply.shipment_models import ridge_logistic

__all__ = [
    "Queue",
    "cold_chain_watch",
    "delay_drivers",
    "lead_time",
    "on_time",
    "order_handling",
    "queue",
    "warehouse_flow",
]


@dataclass(frozen=True)
class Queue:
    """A station with several servers: load, probability of waiting, mean wait and time in system (hours)."""

    load: float
    wait_probability: float
    wait_hours: float
    system_hours: float


def queue(
    arrivals_hour: float, service_hour: float, servers: int, arrival_cv2: float = 1.0, service_cv2: float = 1.0
) -> Queue:
    """Waiting at `servers` like servers; with both squared variations 1 this is Erlang C exactly.

    >>> round(queue(10, 6, 2).wait_probability, 4)
    0.7576
    """
    arrivals, service = float(positive("arrivals_hour", arrivals_hour)), float(positive("service_hour", service_hour))
    load = arrivals / (servers * service)
    if load >= 1:
        raise InputError.out_of_range("load of the station", round(load, 3), "below 1", "add servers or speed them up")
    offered = arrivals / service
    terms = np.exp(np.arange(servers) * np.log(offered) - special.gammaln(np.arange(servers) + 1))
    last = np.exp(servers * np.log(offered) - special.gammaln(servers + 1)) / (1 - load)
    waiting = float(last / (terms.sum() + last))
    wait = waiting / (servers * service - arrivals) * (arrival_cv2 + service_cv2) / 2
    return Queue(load, waiting, wait, wait + 1 / service)


def on_time(shipments: pd.DataFrame, by: str | list[str], level: float = 0.9) -> pd.DataFrame:
    """On-time share with its interval (Wilson), mean and tail delay in days, by group; needs promised and arrived.

    Shipments still under way are left out and counted in `open`.
    """
    needs(shipments, "shipments", "promised_on arrived_on")
    frame = shipments.assign(late=(shipments["arrived_on"] - shipments["promised_on"]).dt.days)
    grouped = frame.groupby(by)
    done = frame.dropna(subset=["late"])
    late = done.groupby(by)["late"]
    count = late.size()
    punctual = late.apply(lambda days: (days <= 0).mean())
    z = float(special.ndtri((1 + level) / 2))
    centre = (punctual + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z * np.sqrt(punctual * (1 - punctual) / count + z**2 / (4 * count**2)) / (1 + z**2 / count)
    table = pd.DataFrame(
        {
            "shipments": count,
            "open": grouped.size() - count,
            "on_time": punctual,
            "low": centre - half,
            "high": centre + half,
            "mean_delay_days": late.mean(),
            "delay_days_95": late.quantile(0.95),
        }
    )
    return table.sort_values("shipments", ascending=False)


def delay_drivers(shipments: pd.DataFrame, columns: list[str], level: float = 0.9) -> pd.DataFrame:
    """Effect on the odds of being late, by value of each column: ridge logistic regression with intervals.

    Odds ratios are against the average shipment. Needs `late` (true or false) and the named columns.
    """
    needs(shipments, "shipments", "late " + " ".join(columns))
    design = pd.get_dummies(shipments[columns].astype(str), dtype=float)
    names = design.columns
    x = np.column_stack([np.ones(len(design)), design - design.mean()])
    y = shipments["late"].to_numpy(float)
    beta, covariance = ridge_logistic(x, y)
    effect, covariance = beta[1:], covariance[1:, 1:]
    # Within a column only differences are known: effects are taken against the column's weighted mean.
    block = np.array([next(c for c in columns if name.startswith(f"{c}_")) for name in names])
    weight = design.mean().to_numpy()
    centre = np.eye(len(names)) - (block[:, None] == block[None, :]) * weight[None, :]
    effect, covariance = centre @ effect, centre @ covariance @ centre.T
    sd = np.sqrt(np.maximum(np.diag(covariance), 0))
    z = float(special.ndtri((1 + level) / 2))
    return pd.DataFrame(
        {
            "factor": names,
            "odds_ratio": np.exp(effect),
            "low": np.exp(effect - z * sd),
            "high": np.exp(effect + z * sd),
            "shipments": design.sum().to_numpy(),
        }
    ).sort_values("odds_ratio", ascending=False)


def lead_time(
    stages: pd.DataFrame, rng: np.random.Generator, draws: int = 20_000, promise_days: float | None = None
) -> pd.DataFrame:
    """Distribution of the whole lead time from stages (stage, mean_days, sd_days), each gamma and independent.

    Gives mean, median, 90 % and 95 % days, every stage's share of the mean and of the variance, and the share within
    `promise_days`.
    """
    needs(stages, "stages", "stage mean_days sd_days")
    mean, sd = positive("mean_days", stages["mean_days"]), positive("sd_days", stages["sd_days"])
    drawn = rng.gamma((mean / sd) ** 2, sd**2 / mean, (draws, len(mean)))
    total = drawn.sum(1)
    table = stages.assign(mean_share=mean / mean.sum(), variance_share=sd**2 / (sd**2).sum())
    low, middle, high, top = np.quantile(total, [0.05, 0.5, 0.9, 0.95])
    table.attrs.update(mean=float(total.mean()), low=float(low), median=float(middle), p90=float(high), p95=float(top))
    if promise_days is not None:
        table.attrs["within_promise"] = float((total <= promise_days).mean())
    return table


def order_handling(
    orders_hour: float, stations: pd.DataFrame, error_rate: float, cost_per_error: float, orders_year: float
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Cycle time by station (stage, minutes, servers) and the yearly cost of errors; stations are queues in series."""
    needs(stations, "stations", "stage minutes servers")
    rows = []
    for stage in stations.itertuples():  # over a handful of stations
        found = queue(orders_hour, 60 / float(stage.minutes), int(stage.servers))
        rows.append(
            {
                "stage": stage.stage,
                "load": found.load,
                "wait_minutes": 60 * found.wait_hours,
                "minutes": 60 * found.system_hours,
            }
        )
    table = pd.DataFrame(rows)
    total = {
        "cycle_minutes": float(table["minutes"].sum()),
        "error_cost_year": float(orders_year * error_rate * cost_per_error),
    }
    return table, total


def warehouse_flow(
    arrivals_day: ArrayLike,
    pick_rate_hour: float,
    pickers: int,
    hours_day: float,
    rng: np.random.Generator,
    draws: int = 200,
) -> pd.DataFrame:
    """Backlog of a warehouse by day under random arrivals: open orders (mean, 5 %, 95 %), share shipped the same day.

    `arrivals_day` is the expected orders of each day (a season or a sale day shows as a peak); arrivals are Poisson.
    """
    expected = at_least("arrivals_day", arrivals_day, 0)
    capacity = pick_rate_hour * pickers * hours_day
    arrived = rng.poisson(expected, (draws, len(expected)))
    backlog, same_day = np.zeros((draws, len(expected))), np.zeros((draws, len(expected)))
    open_orders = np.zeros(draws)
    for day in range(len(expected)):
        waiting = open_orders + arrived[:, day]
        left = np.maximum(capacity - open_orders, 0)
        same_day[:, day] = np.minimum(left, arrived[:, day]) / np.maximum(arrived[:, day], 1)
        open_orders = np.maximum(waiting - capacity, 0)
        backlog[:, day] = open_orders
    low, high = np.quantile(backlog, [0.05, 0.95], axis=0)
    return pd.DataFrame(
        {
            "day": np.arange(len(expected)),
            "expected": expected,
            "backlog": backlog.mean(0),
            "low": low,
            "high": high,
            "same_day_share": same_day.mean(0),
        }
    )


def cold_chain_watch(
    temperature: ArrayLike,
    low: float,
    high: float,
    minutes_per_reading: float,
    allowed_minutes: float,
    loss_value: float,
    smooth: float = 0.3,
) -> dict[str, object]:
    """Excursions of a sensor series beyond [low, high]: longest run, whether it spoils the load, and how early a
    smoothed alarm would have warned (minutes before the allowance ran out; 0 when it never did).
    """
    t = np.asarray(temperature, float)
    outside = (t > high) | (t < low)
    edge = np.diff(np.r_[0, outside.astype(int), 0])
    starts, ends = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    runs = (ends - starts) * minutes_per_reading
    spoiled = bool((runs > allowed_minutes).any())
    steps = np.arange(len(t))
    weight = smooth * (1 - smooth) ** np.arange(min(len(t), 60))
    level = np.convolve(np.r_[np.full(len(weight) - 1, t[0]), t], weight / weight.sum(), "valid")
    alarm = np.flatnonzero((level > high) | (level < low))
    limit = starts[runs > allowed_minutes][0] + allowed_minutes / minutes_per_reading if spoiled else np.inf
    warned = float(limit - steps[alarm[0]]) * minutes_per_reading if spoiled and len(alarm) else 0.0
    return {
        "excursions": len(runs),
        "longest_minutes": float(runs.max(initial=0)),
        "spoiled": spoiled,
        "warning_minutes": max(warned, 0.0),
        "loss_avoided": loss_value if warned > 0 else 0.0,
    }
