"""A warehouse hour by hour: orders queue for checking, picking and packing, and the day's van leaves at the cut-off."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["Stage", "Warehouse", "handle", "queue", "scenarios"]

DAY = 24 * 60.0
ORDERS, FEWEST = 200_000, 20
"""Orders of a case beyond which fewer replications are drawn, and the fewest: many orders tell as much in each."""


@dataclass(frozen=True)
class Stage:
    """One step of handling: people at work, mean minutes an order, their coefficient of variation, share of errors."""

    name: str
    people: int
    minutes: float
    variation: float = 0.5
    error_share: float = 0.0


@dataclass(frozen=True)
class Warehouse:
    """Stages in order, the shift (hours of the day, UTC), what an hour of work and an error cost (USD)."""

    stages: tuple[Stage, ...]
    opens: float = 8.0
    closes: float = 16.0
    wage_usd_hour: float = 18.0
    error_usd: float = 12.0


def queue(arrivals: np.ndarray, service: np.ndarray, servers: int) -> np.ndarray:
    """Moments at which work ends, first come first served, at `servers` equal desks; shape [replication, order].

    `arrivals` ascend along a row; `service` is the work of each order in the same unit. With several desks it loops
    over orders, because each one waits for those before it, and works on all replications at once (Kiefer and Wolfowitz
    1955). One desk has been at work since some arrival, so that its end is a running maximum (Lindley 1952).
    Raises InputError for fewer than one server or arrivals out of order.
    """
    if servers < 1:
        raise InputError.out_of_range("servers", servers, "1 or more")
    if (np.diff(arrivals, axis=1) < 0).any():
        raise InputError.out_of_range("arrivals", "a later order before an earlier one", "ascending moments")
    if servers == 1:
        done = np.cumsum(service, axis=1)
        return done + np.maximum.accumulate(arrivals - (done - service), axis=1)
    free = [np.full(len(arrivals), -np.inf) for _ in range(servers)]  # ascending: the first is the next to be free
    spare, ends = np.empty(len(arrivals)), np.empty(arrivals.shape[::-1])
    for come, work, end in zip(np.ascontiguousarray(arrivals.T), np.ascontiguousarray(service.T), ends, strict=True):
        np.maximum(come, free[0], out=end)
        end += work
        free[0][:] = end
        for desk in range(servers - 1):  # the new end moves up to its place among the others
            np.minimum(free[desk], free[desk + 1], out=spare)
            np.maximum(free[desk], free[desk + 1], out=free[desk + 1])
            free[desk], spare = spare, free[desk]
    return np.ascontiguousarray(ends.T)


def handle(
    arrivals: np.ndarray, warehouse: Warehouse, days: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Moment (minutes) at which each order is ready for the carrier, and the busy share of each stage.

    Queues run in minutes of shift: an order of the night waits for the morning. Work is gamma distributed.
    """
    shift = 60 * (warehouse.closes - warehouse.opens)
    begun = np.floor(arrivals / DAY) * shift + np.clip(arrivals % DAY - 60 * warehouse.opens, 0, shift)
    now, busy = begun, []
    for stage in warehouse.stages:
        shape = stage.variation**-2
        work = rng.gamma(shape, stage.minutes / shape, now.shape)
        turn = np.argsort(now, axis=1, kind="stable")
        ends = queue(np.take_along_axis(now, turn, 1), np.take_along_axis(work, turn, 1), stage.people)
        np.put_along_axis(now := np.empty_like(ends), turn, ends, 1)
        busy.append(work.sum(axis=1) / (stage.people * shift * days))
    day, minute = np.divmod(now, shift)
    # Work that ends with the shift's last minute ends on that day, not on the next morning.
    late = (minute == 0) & (now > begun)
    return (day - late) * DAY + 60 * warehouse.opens + np.where(late, shift, minute), np.array(busy)


def scenarios(
    cases: dict[str, tuple[Warehouse, float]],
    profile: np.ndarray,
    rng: np.random.Generator,
    *,
    days: int = 10,
    replications: int = 60,
    level: float = 0.9,
) -> pd.DataFrame:
    """One row a case: hours from order to carrier, share gone by the next close, the fullest stage, cost an order.

    `cases`: warehouse and mean orders a day; `profile`: share of the orders by hour of the day, UTC (24 numbers).
    The number of orders is as stated, their moments are random; intervals are over replications of `days` days. A case
    of more than `ORDERS` orders in all replications has fewer of them, at least `FEWEST`.
    Columns: case, orders_day, people, hours, hours_low, hours_high, p90_hours, next_day, busiest, busy, wages_usd,
    errors_usd, cost_usd.
    """
    profile = np.asarray(profile, dtype=float)
    if profile.shape != (24,) or (profile < 0).any() or not profile.sum() > 0:
        raise InputError.out_of_range("profile", profile.shape, "24 shares, none below 0")
    rows = []
    for name, (warehouse, orders_day) in cases.items():
        count = max(round(orders_day * days), 1)
        drawn = min(replications, max(ORDERS // count, FEWEST))
        hour = rng.choice(24, (drawn, count), p=profile / profile.sum())
        moments = rng.integers(0, days, hour.shape) * DAY + (hour + rng.random(hour.shape)) * 60
        moments.sort(axis=1)
        ready, busy = handle(moments, warehouse, days, rng)
        rows.append({"case": name, "orders_day": orders_day} | _measures(moments, ready, busy, warehouse, days, level))
    return pd.DataFrame(rows)


def _measures(
    moments: np.ndarray, ready: np.ndarray, busy: np.ndarray, warehouse: Warehouse, days: int, level: float
) -> dict[str, object]:
    hours = (ready - moments) / 60
    mean = hours.mean(axis=1)
    low, high = np.quantile(mean, [0.5 - level / 2, 0.5 + level / 2])
    people = sum(stage.people for stage in warehouse.stages)
    worked = days * (warehouse.closes - warehouse.opens)
    wages = people * worked * warehouse.wage_usd_hour / moments.shape[1]
    wrong = 1 - np.prod([1 - stage.error_share for stage in warehouse.stages])
    fullest = int(busy.mean(axis=1).argmax())
    return {
        "people": people, "hours": mean.mean(), "hours_low": low, "hours_high": high,
        "p90_hours": np.quantile(hours, 0.9),
        "next_day": float((ready <= (np.floor(moments / DAY) + 1) * DAY + 60 * warehouse.closes).mean()),
        "busiest": warehouse.stages[fullest].name, "busy": busy.mean(axis=1)[fullest],
        "wages_usd": wages, "errors_usd": wrong * warehouse.error_usd, "cost_usd": wages + wrong * warehouse.error_usd,
    }  # fmt: skip
