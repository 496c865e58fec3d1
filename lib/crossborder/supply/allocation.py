"""How much to buy from each supplier: linear programme under capacity, minimum quantities and country caps.

Solved by HiGHS through scipy. Caps that cannot hold together are explained before the solver runs: three countries
at 30 % each cover at most 90 % of the volume.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import Refusal
from crossborder.supply.checks import at_least, between, needs, positive

__all__ = ["Allocation", "allocate", "cap_frontier", "check_caps"]


@dataclass(frozen=True)
class Allocation:
    """Pieces a month by supplier (`plan`), the yearly-neutral total cost, share by country, and shadow prices.

    `gap` is the solver's proven distance from the optimum (0 for a linear programme); `backup` is the capacity left
    unused, which a failing supplier's volume can move to.
    """

    plan: pd.DataFrame
    cost: float
    countries: pd.Series
    shadow_price_cap: pd.Series
    gap: float
    backup: float


def check_caps(
    demand: float, capacity: ArrayLike, country: ArrayLike, country_cap: float | dict[str, float]
) -> pd.DataFrame:
    """What each country can deliver under capacity and cap, pieces; raises when that is less than the demand."""
    demand = float(positive("demand", demand))
    capacity = pd.Series(at_least("capacity", capacity, 0)).groupby(np.asarray(country).astype(str)).sum()
    cap = pd.Series(country_cap).reindex(capacity.index).fillna(1.0) if isinstance(country_cap, dict) else country_cap
    between("country_cap", cap, 0, 1, "give a fraction such as 0.4")
    most = pd.DataFrame({"capacity": capacity, "cap": cap, "capped": np.asarray(cap) * demand})
    most["reachable"] = most[["capacity", "capped"]].min(axis=1)
    reachable = float(most["reachable"].sum())
    if reachable < demand * (1 - 1e-9):
        raise Refusal.because("the caps cannot hold together", _why(most, demand), _remedy(most, demand))
    return most


def allocate(
    suppliers: pd.DataFrame,
    demand: float,
    country_cap: float | dict[str, float] = 1.0,
    supplier_cap: float = 1.0,
    risk_weight: float = 0.0,
) -> Allocation:
    """Least-cost split of `demand` (pieces a month) over suppliers.

    `suppliers` has supplier_id, country, unit_cost, capacity, minimum (smallest order, 0 where none) and, if
    `risk_weight` > 0, outage_probability: a supplier's price is raised by risk_weight x probability. A supplier gets
    nothing or at least its minimum (a mixed-integer programme when there are minimum quantities).
    """
    needs(suppliers, "suppliers", "supplier_id country unit_cost capacity minimum")
    if suppliers.empty:
        raise Refusal.because("no allocation", "there is no supplier", "lower the gates or add suppliers")
    capacity = np.minimum(at_least("capacity", suppliers["capacity"], 0), float(supplier_cap) * demand)
    check_caps(demand, capacity, suppliers["country"], country_cap)
    price = positive("unit_cost", suppliers["unit_cost"])
    if risk_weight:
        needs(suppliers, "suppliers", "outage_probability")
        price = price * (1 + risk_weight * suppliers["outage_probability"].to_numpy(float))
    minimum = at_least("minimum", suppliers["minimum"], 0)
    solved, used_cap, country = _solve(suppliers, demand, capacity, price, minimum, country_cap)
    units = solved.x[: len(price)]
    plan = suppliers[["supplier_id", "country"]].assign(
        units=np.round(units, 6), share=units / demand, cost=units * suppliers["unit_cost"].to_numpy(float)
    )
    shadow = _shadow_prices(suppliers, demand, capacity, price, units, used_cap, country)
    gap = 0.0 if solved.mip_gap is None else float(solved.mip_gap)
    return Allocation(
        plan.sort_values("units", ascending=False).reset_index(drop=True),
        float(plan["cost"].sum()),
        plan.groupby("country")["share"].sum().sort_values(ascending=False),
        shadow,
        gap,
        float(suppliers["capacity"].sum() - units.sum()),
    )


def cap_frontier(suppliers: pd.DataFrame, demand: float, caps: ArrayLike) -> pd.DataFrame:
    """Cost, largest country share and extra cost by cap, from loose to tight; infeasible caps say why."""
    rows = []
    base = None
    for cap in sorted(np.atleast_1d(caps), reverse=True):  # over a handful of caps
        try:
            found = allocate(suppliers, demand, float(cap))
        except Refusal as refusal:
            rows.append({"cap": cap, "feasible": False, "why": str(refusal).splitlines()[1].strip()})
            continue
        base = found.cost if base is None else base
        rows.append(
            {
                "cap": cap,
                "feasible": True,
                "cost": found.cost,
                "extra_share": found.cost / base - 1,
                "largest_country": float(found.countries.iloc[0]),
                "suppliers_used": int((found.plan["units"] > 1e-6).sum()),
                "why": "",
            }
        )
    return pd.DataFrame(rows)


def _solve(suppliers, demand, capacity, price, minimum, country_cap):
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    count = len(price)
    codes, names = pd.factorize(suppliers["country"])
    country = sparse.csr_array((np.ones(count), (codes, np.arange(count))), shape=(len(names), count))
    cap = np.array([country_cap.get(n, 1.0) if isinstance(country_cap, dict) else country_cap for n in names], float)
    chosen = sparse.eye_array(count)
    empty = sparse.csr_array((len(names), count))
    rules = [
        LinearConstraint(
            sparse.hstack([sparse.csr_array(np.ones((1, count))), sparse.csr_array((1, count))]), demand, demand
        ),
        LinearConstraint(sparse.hstack([country, empty]), -np.inf, cap * demand),
        LinearConstraint(sparse.hstack([chosen, -sparse.diags_array(capacity)]), -np.inf, 0),
        LinearConstraint(sparse.hstack([chosen, -sparse.diags_array(np.minimum(minimum, demand))]), 0, np.inf),
    ]
    integral = np.r_[np.zeros(count), (minimum > 0).astype(float)]
    bounds = Bounds(0, np.r_[capacity, np.ones(count)])
    options = {"time_limit": 30, "mip_rel_gap": 1e-6}
    solved = milp(
        np.r_[price, np.zeros(count)], constraints=rules, bounds=bounds, integrality=integral, options=options
    )
    if solved.x is None:
        why = "capacity and caps cover the demand, but not together with the minimum quantities"
        raise Refusal.because("no allocation", why, "lower a minimum quantity, or leave that supplier out")
    return solved, cap, names


def _shadow_prices(suppliers, demand, capacity, price, units, cap, names) -> pd.Series:
    """What one more piece of each country's cap would save, from the linear programme over the suppliers chosen."""
    from scipy.optimize import linprog

    used = units > 1e-9
    rows = (np.asarray(suppliers["country"])[used][None, :] == np.asarray(names)[:, None]).astype(float)
    solved = linprog(
        price[used],
        A_ub=rows,
        b_ub=cap * demand,
        A_eq=np.ones((1, used.sum())),
        b_eq=[demand],
        bounds=list(zip(np.zeros(used.sum()), capacity[used] + 1e-9, strict=True)),
        method="highs",
    )
    values = -solved.ineqlin.marginals if solved.x is not None else np.zeros(len(names))
    return pd.Series(np.round(np.maximum(values, 0), 9), index=names)


def _why(most: pd.DataFrame, demand: float) -> str:
    count, total = len(most), float(most["capacity"].sum())
    if total < demand:
        return f"all suppliers together make {total:,.0f} pieces, the demand is {demand:,.0f}"
    caps = most["capped"].sum() / demand
    if caps < 1:
        return f"{count} countries with their caps add to {caps:.0%} of the demand, less than 100 %"
    short = most.loc[most["capacity"] < most["capped"]].index.tolist()
    reach = most["reachable"].sum() / demand
    return f"capacity in {', '.join(short)} is below its cap, so caps and capacity together reach {reach:.0%}"


def _remedy(most: pd.DataFrame, demand: float) -> str:
    if float(most["capacity"].sum()) < demand:
        return "add suppliers or lower the demand"
    low, high = 0.0, 1.0
    for _ in range(40):
        cap = (low + high) / 2
        enough = np.minimum(most["capacity"], cap * demand).sum() >= demand
        low, high = (low, cap) if enough else (cap, high)
    return f"raise the cap to at least {np.ceil(high * 1000) / 1000:.1%}, or add a supplier in another country"
