"""Which warehouses to open and whom each serves: facility location, p-median and order sourcing by HiGHS.

The strong formulation x_ij <= y_i is used where capacity is slack, the weak one where it binds and the model is
large; every answer carries its proven gap. Source: J. E. Beasley, European Journal of Operational Research 33, 1988
(capacitated warehouse location, OR-Library); S. L. Hakimi, Operations Research 12, 1964 (p-median).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal
from crossborder.supply.checks import at_least, positive

__all__ = ["Network", "assign_orders", "choose_warehouses", "locate", "p_median", "total_cost"]


@dataclass(frozen=True)
class Network:
    """Open sites, flows (share of every customer's demand, sites x customers), cost and proof.

    `gap` is the proven relative distance from the optimum, 0 when proven; `bound` the proven lower bound.
    """

    open: np.ndarray
    share: np.ndarray
    cost: float
    fixed_cost: float
    bound: float
    gap: float
    seconds: float

    @property
    def proven(self) -> bool:
        """Whether no cheaper network can exist (gap below a ten-thousandth)."""
        return self.gap <= 1e-4


def locate(
    fixed_costs: ArrayLike,
    costs: ArrayLike,
    demands: ArrayLike | None = None,
    capacities: ArrayLike | None = None,
    *,
    single_source: bool = False,
    sites: int | None = None,
    must_open: ArrayLike | None = None,
    unit_costs: bool = False,
    strong: bool | None = None,
    time_limit_seconds: float = 30.0,
    gap: float = 1e-7,
) -> Network:
    """Least-cost open sites and flows.

    `fixed_costs` a site; `costs[i, j]` the cost of serving all of customer j's demand from site i (the OR-Library
    convention; `unit_costs=True`: per piece, multiplied by the demand). Without `capacities` sites are unlimited.
    `single_source` serves each customer from one site; `sites` fixes the number of open sites; `must_open` is a mask.
    """
    fixed, cost = at_least("fixed_costs", fixed_costs, 0), at_least("costs", costs, 0)
    count, customers = cost.shape
    demand = np.ones(customers) if demands is None else at_least("demands", demands, 0)
    if fixed.shape != (count,) or demand.shape != (customers,):
        raise InputError.out_of_range("costs", cost.shape, f"sites x customers: ({len(fixed)}, {len(demand)})")
    cost = cost * demand if unit_costs else cost
    capacity = np.full(count, np.inf) if capacities is None else positive("capacities", np.minimum(capacities, 1e15))
    _check_capacity(capacity, demand, sites, single_source)
    must = np.zeros(count, bool) if must_open is None else np.asarray(must_open, bool)
    tight = np.isfinite(capacity).all() and demand.sum() > 0.6 * capacity.sum() and cost.size > 4000
    strong = (not tight) if strong is None else strong
    return _solve(fixed, cost, demand, capacity, single_source, sites, must, strong, time_limit_seconds, gap)


def p_median(distances: ArrayLike, sites: int, weights: ArrayLike | None = None, **options) -> Network:
    """The `sites` sites with the least weighted distance to their customers (distances: sites x customers)."""
    distances = at_least("distances", distances, 0)
    weights = np.ones(distances.shape[1]) if weights is None else at_least("weights", weights, 0)
    return locate(np.zeros(len(distances)), distances * weights, sites=sites, **options)


def total_cost(network: Network, fixed_costs: ArrayLike, costs: ArrayLike) -> float:
    """Cost of a network recomputed from its flows: fixed cost of open sites plus served shares x cost."""
    return float(np.asarray(fixed_costs, float) @ network.open + (np.asarray(costs, float) * network.share).sum())


def assign_orders(
    units: ArrayLike, stock: ArrayLike, costs: ArrayLike, lost_cost: ArrayLike | float
) -> tuple[np.ndarray, float]:
    """Pieces of every order group served from every warehouse, warehouses x groups, and the total cost.

    A transport problem: `units` a group, `stock` a warehouse, `costs` a piece; what no stock can serve is lost at
    `lost_cost` a piece (returned as the last row).
    """
    from scipy import sparse
    from scipy.optimize import linprog

    units, stock, costs = at_least("units", units, 0), at_least("stock", stock, 0), at_least("costs", costs, 0)
    sites, groups = costs.shape
    price = np.vstack([costs, np.broadcast_to(lost_cost, groups)]).ravel()
    column = np.arange((sites + 1) * groups)
    served = sparse.csr_array((np.ones(len(column)), (column % groups, column)), shape=(groups, len(column)))
    used = sparse.csr_array(
        (np.ones(sites * groups), (np.repeat(np.arange(sites), groups), np.arange(sites * groups))),
        shape=(sites, len(column)),
    )
    solved = linprog(price, A_ub=used, b_ub=stock, A_eq=served, b_eq=units, method="highs")
    if solved.x is None:
        raise Refusal.because("no assignment", solved.message, "check units, stock and costs")
    return solved.x.reshape(sites + 1, groups), float(solved.fun)


def choose_warehouses(
    warehouses: pd.DataFrame,
    demand_units: ArrayLike,
    serve_cost: ArrayLike,
    volume_cbm: ArrayLike,
    turns_year: float = 6.0,
    **options,
) -> tuple[Network, pd.DataFrame]:
    """A year's least-cost network over candidate warehouses: the network, and one row a warehouse.

    `warehouses` has fixed_cost_month, handling_cost_unit, storage_cost_cbm_month (all USD) and capacity_cbm;
    `demand_units` a year by customer region, `serve_cost` USD a piece (sites x regions), `volume_cbm` a piece.
    """
    demand = at_least("demand_units", demand_units, 0)
    volume = np.asarray(volume_cbm, float) * np.ones(len(demand))
    storage = warehouses["storage_cost_cbm_month"].to_numpy(float)[:, None] * 12 * volume / turns_year
    unit = np.asarray(serve_cost, float) + warehouses["handling_cost_unit"].to_numpy(float)[:, None] + storage
    room = warehouses["capacity_cbm"].to_numpy(float) * turns_year
    fixed = warehouses["fixed_cost_month"].to_numpy(float) * 12
    # Capacity is in cubic metres, so the demand enters by volume and the cost per region as a whole.
    found = locate(fixed, unit * demand, demand * volume, room, **options)
    table = warehouses[["warehouse_id", "name", "market"]].assign(
        open=found.open,
        units=found.share @ demand,
        used_share=(found.share @ (demand * volume)) / room,
        cost_usd=fixed * found.open + (unit * demand * found.share).sum(1),
    )
    return found, table


def _check_capacity(capacity: np.ndarray, demand: np.ndarray, sites: int | None, single: bool) -> None:
    largest = np.sort(capacity)[::-1][: sites or len(capacity)]
    if largest.sum() < demand.sum() * (1 - 1e-12):
        why = f"the sites hold {largest.sum():,.0f}, the demand is {demand.sum():,.0f}"
        raise Refusal.because("no network", why, "add sites, raise capacity or allow more open sites")
    if single and demand.max(initial=0) > capacity.max():
        why = f"a customer needs {demand.max():,.0f}, the largest site holds {capacity.max():,.0f}"
        raise Refusal.because("no network with one source a customer", why, "allow split deliveries")


def _solve(fixed, cost, demand, capacity, single, sites, must, strong, limit, gap) -> Network:
    from time import perf_counter

    from scipy.optimize import Bounds, milp

    count, customers = cost.shape
    flows = count * customers
    integral = np.r_[np.full(flows, float(single)), np.ones(count)]
    start = perf_counter()
    solved = milp(
        np.r_[cost.ravel(), fixed],
        constraints=_rules(demand, capacity, sites, strong),
        bounds=Bounds(np.r_[np.zeros(flows), must.astype(float)], 1),
        integrality=integral,
        options={"time_limit": limit, "mip_rel_gap": gap},
    )
    if solved.x is None:
        raise Refusal.because("no network found", solved.message, "allow more time, more sites or split deliveries")
    share = np.clip(solved.x[:flows].reshape(count, customers), 0, 1)
    opened = solved.x[flows:] > 0.5
    found = float(solved.fun)
    bound = found if solved.mip_dual_bound is None else float(solved.mip_dual_bound)
    proven_gap = max((found - bound) / max(abs(found), 1e-12), 0.0)
    return Network(opened, share, found, float(fixed @ opened), bound, proven_gap, perf_counter() - start)


def _rules(demand: np.ndarray, capacity: np.ndarray, sites: int | None, strong: bool) -> list:
    """Sparse rows: every customer served; x_ij <= y_i (strong); capacity; enough open capacity; number of sites."""
    from scipy import sparse
    from scipy.optimize import LinearConstraint

    count, customers = len(capacity), len(demand)
    flow = np.arange(count * customers)
    site, customer, ones = flow // customers, flow % customers, np.ones(count * customers)
    no_flow = sparse.csr_array((1, len(flow)))
    served = sparse.csr_array((ones, (customer, flow)), shape=(customers, len(flow) + count))
    rules = [LinearConstraint(served, 1, 1)]
    if strong:
        link = sparse.hstack([sparse.eye_array(len(flow)), -sparse.csr_array((ones, (flow, site)))], format="csr")
        rules.append(LinearConstraint(link, -np.inf, 0))
    if np.isfinite(capacity).any() or not strong:
        room = np.minimum(capacity, demand.sum())
        used = sparse.csr_array((demand[customer], (site, flow)), shape=(count, len(flow)))
        rules.append(LinearConstraint(sparse.hstack([used, -sparse.diags_array(room)], format="csr"), -np.inf, 0))
        rules.append(LinearConstraint(sparse.hstack([no_flow, sparse.csr_array(room[None, :])]), demand.sum(), np.inf))
    if sites is not None:
        number = sparse.hstack([no_flow, sparse.csr_array(np.ones((1, count)))])
        rules.append(LinearConstraint(number, sites, sites))
    return rules
