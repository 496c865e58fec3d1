"""How fast do we stand again: backup capacity, switch time, recovery objectives, supplier outages, peak load."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError

__all__ = [
    "capacity_after_outage",
    "capacity_curves",
    "continuity_check",
    "coverage_by_category",
    "data_loss_window",
    "erlang_c",
    "outage_simulation",
    "peak_load",
]


def capacity_after_outage(
    shares: pd.Series, failed: str, *, spare_share: float = 0.2, switch_hours: float = 72.0, hours: int = 240
) -> pd.DataFrame:
    """Capacity left over time after one site fails: hour, capacity (fraction of normal).

    The other sites' spare capacity (`spare_share` of their own) comes in over `switch_hours`, in a straight line.
    """
    if failed not in shares.index:
        raise InputError.unknown("failed", failed, map(str, shares.index))
    part = shares / shares.sum()
    left = 1 - float(part[failed])
    hour = np.arange(0, hours + 1, 6)
    ramp = np.clip(hour / switch_hours, 0, 1)
    return pd.DataFrame({"hour": hour, "capacity": np.minimum(left + ramp * spare_share * left, 1.0)})


def capacity_curves(coverage: pd.DataFrame, *, switch_hours: float = 72.0, hours: int = 168) -> dict[str, pd.DataFrame]:
    """Capacity over time by category when its largest supplier fails, from `coverage_by_category`: hour, capacity.

    Others bring in what they can replace over `switch_hours`, in a straight line.
    """
    hour = np.arange(0, hours + 1, 6)
    ramp = np.clip(hour / switch_hours, 0, 1)
    return {
        str(row.category): pd.DataFrame(
            {"hour": hour, "capacity": 1 - row.largest_share + ramp * (row.kept - 1 + row.largest_share)}
        )
        for row in coverage.itertuples()
    }


def coverage_by_category(
    suppliers: pd.DataFrame, purchases: pd.Series, *, target: float = 0.8, by: str = "category"
) -> pd.DataFrame:
    """Whether others could replace the largest supplier: category, largest_supplier, need, free, kept ...

    `purchases` are pieces a month by supplier_id; capacity comes from `suppliers`. Coverage is the free capacity of
    the others over what the largest supplies today.
    """
    for name in ("supplier_id", by, "capacity_units_month"):
        if name not in suppliers:
            raise InputError.missing_columns("suppliers", [name], suppliers.columns)
    table = suppliers.assign(bought=suppliers["supplier_id"].map(purchases).fillna(0.0).astype(float))
    table["free"] = (table["capacity_units_month"].astype(float) - table["bought"]).clip(lower=0.0)
    used = table[table.groupby(by)["bought"].transform("sum") > 0].sort_values("bought", ascending=False)
    grouped = used.groupby(by)
    found = grouped.agg(
        suppliers=("bought", lambda b: int((b > 0).sum())),
        largest_supplier=("supplier_id", "first"),
        need=("bought", "first"),
        total=("bought", "sum"),
        free_all=("free", "sum"),
        free_largest=("free", "first"),
    )
    found["free"] = found["free_all"] - found["free_largest"]
    found["largest_share"] = found["need"] / found["total"]
    found["coverage"] = np.minimum(found["free"] / found["need"].where(found["need"] > 0), 1.0)
    found["kept"] = 1 - found["largest_share"] * (1 - found["coverage"])
    found["covered"] = found["kept"] >= target
    columns = [by, "suppliers", "largest_supplier", "largest_share", "need", "free", "coverage", "kept", "covered"]
    return found.reset_index()[columns].sort_values("kept", ignore_index=True)


def outage_simulation(
    suppliers: pd.DataFrame,
    revenue_by_supplier: pd.Series,
    *,
    years: int = 20_000,
    recovery_days: float = 45.0,
    recovery_spread: float = 0.5,
    cover_days: float = 0.0,
    common_cause: float = 0.1,
    rng: np.random.Generator,
) -> dict[str, object]:
    """Supply network over simulated years: revenue lost to outages, as share of a year's revenue.

    Each supplier fails with its `outage_probability_year`; with probability `common_cause` a failure takes all
    suppliers of its country. Recovery is lognormal around `recovery_days`; `cover_days` of stock lose nothing.
    Gives losses (array), by_supplier (mean share), and the mean, 95 % and 99 % loss.
    """
    names = revenue_by_supplier.index
    table = suppliers.set_index("supplier_id").reindex(names)
    if table["outage_probability_year"].isna().any():
        raise InputError.out_of_range("revenue_by_supplier", "unknown suppliers", "ids of the suppliers table", "")
    share = (revenue_by_supplier / revenue_by_supplier.sum()).to_numpy(float)
    fails = rng.random((years, len(names))) < table["outage_probability_year"].to_numpy(float)
    spreads = fails & (rng.random(fails.shape) < common_cause)
    country = pd.factorize(table["country"])[0]
    struck = np.zeros((years, country.max() + 1), bool)
    np.logical_or.at(struck, (np.nonzero(spreads)[0], country[np.nonzero(spreads)[1]]), True)
    down = fails | struck[:, country]
    days = recovery_days * np.exp(recovery_spread * rng.standard_normal(down.shape) - recovery_spread**2 / 2)
    lost = down * np.clip(days - cover_days, 0, 365) / 365 * share
    total = lost.sum(axis=1)
    return {
        "losses": total,
        "by_supplier": pd.Series(lost.mean(axis=0), names),
        "mean": float(total.mean()),
        "p95": float(np.quantile(total, 0.95)),
        "p99": float(np.quantile(total, 0.99)),
    }


def continuity_check(processes: pd.DataFrame) -> pd.DataFrame:
    """Recovery objectives against what was shown: process, rto_hours, recovered_hours, rpo_hours, backup_hours, ...

    `covered` needs recovery within the time objective and backups at most as far apart as the point objective.
    """
    needed = ["process", "rto_hours", "recovered_hours", "rpo_hours", "backup_hours"]
    missing = [name for name in needed if name not in processes]
    if missing:
        raise InputError.missing_columns("processes", missing, processes.columns)
    time = processes["recovered_hours"] <= processes["rto_hours"]
    return processes.assign(covered=time & (processes["backup_hours"] <= processes["rpo_hours"]))


def data_loss_window(interval_hours: float, orders_per_hour: float, *, delay_hours: float = 0.0) -> dict[str, float]:
    """What a failure loses between backups: mean and worst hours, and orders in the worst window."""
    worst = interval_hours + delay_hours
    return {
        "mean_hours": interval_hours / 2 + delay_hours,
        "worst_hours": worst,
        "worst_orders": worst * orders_per_hour,
    }


def erlang_c(load: float, servers: int) -> float:
    """Probability that a request waits in an M/M/c queue with `load` in erlangs (arrivals over service rate).

    >>> round(erlang_c(2, 3), 4)
    0.4444
    """
    if load < 0 or servers < 1:
        raise InputError.out_of_range("load, servers", (load, servers), "0 or more, 1 or more", "")
    if load >= servers:
        return 1.0
    # Erlang B by its recursion, then C.
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked / (1 - load / servers * (1 - blocked))


def peak_load(
    arrivals_per_second: ArrayLike, *, servers: int, per_server_per_second: float, wait_seconds: float = 1.0
) -> pd.DataFrame:
    """Load test on paper: arrivals, utilisation, waiting probability, mean wait, share beyond `wait_seconds`, headroom.

    M/M/c queue; a load at or above capacity has an unbounded wait (infinite).
    """
    rows = []
    for arrivals in np.atleast_1d(np.asarray(arrivals_per_second, float)).tolist():
        load = arrivals / per_server_per_second
        waits = erlang_c(load, servers)
        spare = servers * per_server_per_second - arrivals
        rows.append(
            {
                "arrivals": arrivals,
                "utilisation": load / servers,
                "waiting_probability": waits,
                "mean_wait_seconds": waits / spare if spare > 0 else np.inf,
                "late_share": waits * float(np.exp(-spare * wait_seconds)) if spare > 0 else 1.0,
                "headroom": 1 - load / servers,
            }
        )
    return pd.DataFrame(rows)
