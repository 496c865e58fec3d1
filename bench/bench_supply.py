"""Speed of the supply methods, side by side with stockpyl, statsforecast and searoute where they are installed.

Run: python bench/bench_supply.py (peers from their own environment: PYTHONPATH=lib python bench/bench_supply.py)
"""

import importlib.util
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from crossborder.supply import forecasting, intermittent, inventory, network, newsvendor

SKUS = 100_000
SAMPLE = 300  # items that a peer is timed on


def best_of(call: Callable[[], object], repeats: int = 5) -> float:
    """Seconds of the fastest of some runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def line(name: str, seconds: float, items: int, peer: float | None, peer_name: str) -> str:
    """One row: seconds of the batch, microseconds an item, ratio to the peer per item."""
    each = seconds / items
    ratio = "peer not installed" if peer is None else f"{peer_name} {peer * 1e6:,.0f} us each, {peer / each:,.0f} times"
    return f"{name:44s} {seconds:8.3f} s  {each * 1e6:8.3f} us each  {ratio}"


def cases(rng: np.random.Generator) -> list[np.ndarray]:
    """Holding cost, penalty, fixed cost, mean, sd and lead time of many SKUs."""
    bounds = [(0.1, 3), (10, 60), (5, 200), (100, 5000), (10, 150), (0.02, 0.3)]
    return [rng.uniform(low, high, SKUS) for low, high in bounds]


def stock_policies(rng: np.random.Generator) -> list[str]:
    """Newsvendors and reorder points against stockpyl, one call an item."""
    h, p, K, mean, sd, lead = cases(rng)
    ours = {
        "newsvendor normal": lambda: newsvendor.normal(h, p, mean, sd),
        "newsvendor Poisson": lambda: newsvendor.poisson(h, p, mean / 50),
        "(r, Q), penalty a unit": lambda: inventory.rq_backorder_unit(h, p, K, mean, sd, lead),
        "(r, Q), penalty a unit and period": lambda: inventory.rq_backorder_time(h, p, K, mean, sd, lead),
    }
    peers: dict[str, Callable[[int], object]] = {}
    if importlib.util.find_spec("stockpyl"):
        from stockpyl import newsvendor as nv
        from stockpyl import rq

        peers = {
            "newsvendor normal": lambda i: nv.newsvendor_normal(h[i], p[i], mean[i], sd[i]),
            "newsvendor Poisson": lambda i: nv.newsvendor_poisson(h[i], p[i], mean[i] / 50),
            "(r, Q), penalty a unit": lambda i: rq.r_q_eil_approximation(h[i], p[i], K[i], mean[i], sd[i], lead[i]),
            "(r, Q), penalty a unit and period": lambda i: rq.r_q_loss_function_approximation(
                h[i], p[i], K[i], mean[i], sd[i], lead[i]
            ),
        }
    rows = []
    for name, call in ours.items():
        peer = peers.get(name)
        each = None if peer is None else best_of(lambda peer=peer: [peer(i) for i in range(SAMPLE)], 3) / SAMPLE
        rows.append(line(f"{name}, {SKUS:,}", best_of(call), SKUS, each, "stockpyl"))
    return rows


def forecasts(rng: np.random.Generator) -> list[str]:
    """Weekly batches with intervals, and Croston and TSB against statsforecast."""
    y = rng.poisson(rng.lognormal(0.5, 1.2, (10_000, 1)), (10_000, 104)).astype(float)
    group = rng.integers(0, 40, len(y))
    rows = [
        line(
            "forecast with intervals, 10,000 x 104 weeks",
            best_of(lambda: forecasting.batch(y, 8, group), 3),
            10_000,
            None,
            "",
        )
    ]
    croston = tsb = None
    if importlib.util.find_spec("statsforecast"):
        from statsforecast.models import TSB, CrostonClassic

        models = (CrostonClassic(), TSB(0.1, 0.1))
        [model.forecast(y[0], 8) for model in models]  # compiles
        croston, tsb = (best_of(lambda m=m: [m.forecast(row, 8) for row in y[:SAMPLE]], 3) / SAMPLE for m in models)
    rows.append(
        line("Croston, 10,000 x 104", best_of(lambda: intermittent.croston(y)), 10_000, croston, "statsforecast")
    )
    rows.append(line("TSB, 10,000 x 104", best_of(lambda: intermittent.tsb(y)), 10_000, tsb, "statsforecast"))
    return rows


def warehouses(rng: np.random.Generator) -> list[str]:
    """Facility location of the size of a company's network, to proven optimum."""
    cost, fixed = rng.uniform(1, 40, (20, 120)), rng.uniform(50, 150, 20)
    demand = rng.uniform(1, 10, 120)
    found = network.locate(fixed, cost, demand, np.full(20, 90.0), time_limit_seconds=30)
    return [f"{'20 sites x 120 regions with capacity':44s} {found.seconds:8.3f} s  gap {found.gap:.6f}"]


def at_sea(sea: object, port: str) -> bool:
    """Whether a port lies near a shipping lane (some of the list are inland)."""
    from crossborder.errors import Refusal

    try:
        sea.distances([port], [port])
    except Refusal:
        return False
    return True


def distances_and_costs(rng: np.random.Generator) -> list[str]:
    """All-port distances and landed cost of a million rows; needs the whole package."""
    if pd.__version__ < "3":
        return ["distances and landed cost: need the project's own environment"]
    from crossborder.demo import supply_base
    from crossborder.reference.sea import SeaNetwork
    from crossborder.supply import landed_cost

    sea = SeaNetwork.load()
    ports = [port for port in sea.ports()["locode"].sample(160, random_state=1) if at_sea(sea, port)][:100]
    matrix = best_of(lambda: sea.distances(ports, ports), 3)
    lanes = supply_base.lanes(rng)
    count = 1_000_000 // len(lanes) + 1
    codes = ["392410", "850440", "330499", "940360", "950300", "732393"]
    goods = pd.DataFrame({"sku": np.arange(count).astype(str), "hs_code": rng.choice(codes, count)})
    sides = {name: rng.uniform(5, 40, count) for name in ("length_cm", "width_cm", "height_cm")}
    goods = goods.assign(unit_cost_usd=rng.uniform(2, 30, count), weight_kg=rng.uniform(0.1, 3, count), **sides)
    books = landed_cost.landed_cost(goods.head(200), lanes, "2026-10-31").books
    price = goods["unit_cost_usd"].to_numpy() * 3
    cost = best_of(lambda: landed_cost.landed_cost(goods, lanes, "2026-10-31", price=price, books=books), 3)
    return [
        f"{'sea distances, 100 x 100 ports':44s} {matrix:8.3f} s",
        f"{f'landed cost, {count * len(lanes):,} rows':44s} {cost:8.3f} s",
    ]


if __name__ == "__main__":
    generator = np.random.default_rng(20261031)
    for part in (stock_policies, forecasts, warehouses, distances_and_costs):
        print("\n".join(part(generator)))
