"""Which way goods go: passages closed at sea through to days, stock, cost and CO2e; paths on a graph; delivery tours.

Sources: E. W. Dijkstra, Numerische Mathematik 1, 1959; G. Clarke and J. W. Wright, Operations Research 12(4), 1964
(savings); sea distances from `crossborder.reference.sea`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal
from crossborder.reference import emissions
from crossborder.reference.sea import SeaNetwork
from crossborder.supply.checks import at_least, needs, positive

__all__ = ["Tours", "closure", "delivery_tours", "multi_objective_paths", "sea_lengths", "shortest_path"]

KM_PER_NM = 1.852


@dataclass(frozen=True)
class Tours:
    """Delivery tours (stop numbers), their length, and the length of serving every stop alone (km)."""

    tours: list[list[int]]
    length_km: float
    single_trips_km: float

    @property
    def saved_share(self) -> float:
        """Share of the single trips' distance that touring saves."""
        return 1 - self.length_km / self.single_trips_km


def sea_lengths(lanes: pd.DataFrame, closed: tuple[str, ...] = (), ship: str = "neo_panamax") -> np.ndarray:
    """Sea distance of every lane in nautical miles, infinite where no way is left."""
    needs(lanes, "lanes", "origin_gateway market_gateway")
    network = SeaNetwork.load()
    origin, to = lanes["origin_gateway"].astype("str"), lanes["market_gateway"].astype("str")
    table = network.distances(sorted(set(origin)), sorted(set(to)), closed=closed, ship=ship)
    return table.to_numpy()[table.index.get_indexer(origin), table.columns.get_indexer(to)]


def closure(
    lanes: pd.DataFrame,
    closed: tuple[str, ...],
    flows: pd.DataFrame,
    holding_rate_year: float,
    ship: str = "neo_panamax",
    speed_knots: float = 14.0,
    fuel_share: float = 0.45,
    service_z: float = 1.645,
) -> pd.DataFrame:
    """What closed passages do to every sea lane, through to days, stock, cost and CO2e.

    `flows` is indexed by lane_id: units_week, sd_week, value (USD a piece), freight (USD a piece), weight_kg. Longer
    ways raise days by distance over speed, the running part `fuel_share` of the freight in proportion to the distance,
    safety stock with the root of the time, and CO2e with tonne-kilometres.
    """
    needs(flows, "flows", "units_week sd_week value freight weight_kg")
    sea = lanes[lanes["mode"] == "sea"].reset_index(drop=True)
    flow = flows.reindex(sea["lane_id"]).fillna(0.0)
    before, after = sea_lengths(sea, (), ship), sea_lengths(sea, closed, ship)
    if not np.isfinite(after).all():
        lane = sea["lane_id"].to_numpy()[~np.isfinite(after)][0]
        why = f"no way by sea is left for {lane} with {', '.join(closed)} closed to a {ship}"
        raise Refusal.because("no rerouting", why, "open a passage, take a smaller ship, or send it by another mode")
    return _through(sea, flow, before, after, holding_rate_year, speed_knots, fuel_share, service_z)


def _through(sea, flow, before, after, holding_rate_year, speed_knots, fuel_share, service_z) -> pd.DataFrame:
    """Distances before and after turned into days, stock, cost and CO2e by lane."""
    extra_nm = after - before
    extra_days = extra_nm / speed_knots / 24
    days = sea["transit_days_mean"].to_numpy(float)
    units, value = flow["units_week"].to_numpy(), flow["value"].to_numpy()
    pipeline = units * extra_days / 7
    safety = service_z * flow["sd_week"].to_numpy() * (np.sqrt((days + extra_days) / 7) - np.sqrt(days / 7))
    freight = flow["freight"].to_numpy() * fuel_share * extra_nm / before
    tonne_km = flow["weight_kg"].to_numpy() / 1000 * extra_nm * KM_PER_NM
    factor = float(emissions.factor("sea"))
    carrying = value * holding_rate_year * extra_days / 365
    return sea[["lane_id", "origin", "market"]].assign(
        nm_before=before, nm_after=after, extra_share=extra_nm / before, extra_days=extra_days,
        extra_stock_units=pipeline + safety, extra_stock_usd=(pipeline + safety) * value,
        extra_freight_piece=freight, extra_cost_piece=freight + carrying,
        extra_cost_year=(freight + carrying) * units * 52 + safety * value * holding_rate_year,
        extra_co2e_kg_piece=tonne_km * factor, extra_co2e_t_year=tonne_km * factor * units * 52 / 1000,
    )  # fmt: skip


def shortest_path(arcs: pd.DataFrame, origin: str, destination: str, weight: str = "cost") -> tuple[list[str], float]:
    """Cheapest path of a node graph by any arc column (cost, days, km, co2e ...): nodes passed and the total.

    `arcs` has tail, head and the weight; arcs are one-way. Closing an arc is leaving its row out.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    needs(arcs, "arcs", f"tail head {weight}")
    names = pd.Index(sorted(set(arcs["tail"]) | set(arcs["head"])))
    for name in (origin, destination):
        if name not in names:
            raise InputError.unknown("node", name, names)
    best = arcs.groupby(["tail", "head"], as_index=False)[weight].min()
    length = np.maximum(at_least(weight, best[weight], 0), 1e-12)
    tail, head = names.get_indexer(best["tail"]), names.get_indexer(best["head"])
    graph = csr_array((length, (tail, head)), shape=(len(names),) * 2)
    start, end = names.get_loc(origin), names.get_loc(destination)
    found, before = dijkstra(graph, indices=start, return_predecessors=True)
    if np.isinf(found[end]):
        raise Refusal.because(f"no way from {origin} to {destination}", "no arcs lead there", "open an arc")
    steps = [end]
    while steps[-1] != start:
        steps.append(before[steps[-1]])
    return [str(names[step]) for step in steps[::-1]], float(found[end])


def multi_objective_paths(
    arcs: pd.DataFrame, origin: str, destination: str, first: str = "cost", second: str = "days", steps: int = 21
) -> pd.DataFrame:
    """Paths that trade `first` against `second`: one row a different path, from weighted sums of the two.

    Finds the paths on the lower convex hull of the two totals.
    """
    scale = arcs[first].mean() / max(float(arcs[second].mean()), 1e-12)
    rows = {}
    for weight in np.linspace(0, 1, steps):  # over weights, not over arcs
        mixed = arcs.assign(mixed=(1 - weight) * arcs[first] + weight * scale * arcs[second])
        path, _ = shortest_path(mixed, origin, destination, "mixed")
        legs = pd.DataFrame({"tail": path[:-1], "head": path[1:]}).merge(
            mixed.sort_values("mixed").drop_duplicates(["tail", "head"]), on=["tail", "head"]
        )
        rows[" > ".join(path)] = (float(legs[first].sum()), float(legs[second].sum()))
    table = pd.DataFrame(rows, index=[first, second]).T.rename_axis("path").reset_index()
    return table.sort_values(first, ignore_index=True)


def delivery_tours(distance_km: ArrayLike, load: ArrayLike, capacity: float) -> Tours:
    """Tours from depot 0 by the savings method, improved by exchanging two edges; `distance_km` is stops x stops.

    `load[0]` (the depot) counts as 0. A stop heavier than the capacity is an error.
    """
    distance = at_least("distance_km", distance_km, 0)
    load = np.array(at_least("load", load, 0))
    load[0] = 0
    if load.max() > float(positive("capacity", capacity)):
        raise InputError.out_of_range("load", float(load.max()), f"at most the vehicle's {capacity:g}")
    saving = distance[:, [0]] + distance[[0], :] - distance
    first, second = np.triu_indices(len(load), 1)
    keep = (first > 0) & (saving[first, second] > 1e-9)
    first, second = first[keep], second[keep]
    tours = {stop: [stop] for stop in range(1, len(load))}
    home = list(range(len(load)))
    for place in np.argsort(-saving[first, second], kind="stable"):  # the savings method is a loop over pairs by nature
        a, b = home[first[place]], home[second[place]]
        joined = _joined(tours[a], tours[b], int(first[place]), int(second[place])) if a != b else None
        if joined is not None and load[joined].sum() <= capacity + 1e-9:
            tours[a] = joined
            for stop in tours.pop(b):
                home[stop] = a
    found = [_two_opt(tour, distance) for tour in tours.values()]
    single = float((distance[0, 1:] + distance[1:, 0]).sum())
    return Tours(found, float(sum(_length(tour, distance) for tour in found)), single)


def _joined(a: list[int], b: list[int], i: int, j: int) -> list[int] | None:
    """The two tours end to end where i and j are at their ends, else None."""
    if i not in (a[0], a[-1]) or j not in (b[0], b[-1]):
        return None
    a = a if a[-1] == i else a[::-1]
    b = b if b[0] == j else b[::-1]
    return a + b


def _length(tour: list[int], distance: np.ndarray) -> float:
    stops = [0, *tour, 0]
    return float(distance[stops[:-1], stops[1:]].sum())


def _two_opt(tour: list[int], distance: np.ndarray) -> list[int]:
    stops = [0, *tour, 0]
    better = True
    while better:
        better = False
        for i in range(1, len(stops) - 2):
            for j in range(i + 1, len(stops) - 1):
                old = distance[stops[i - 1], stops[i]] + distance[stops[j], stops[j + 1]]
                new = distance[stops[i - 1], stops[j]] + distance[stops[i], stops[j + 1]]
                if new < old - 1e-9:
                    stops[i : j + 1] = stops[i : j + 1][::-1]
                    better = True
    return stops[1:-1]
