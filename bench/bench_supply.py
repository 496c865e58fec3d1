"""Speed of the supply methods, side by side with stockpyl and statsforecast, each line with its limit.

Run: python -m bench.bench_supply [WORD ...]   (only the parts whose name holds one of the words)
Peers run in the environment of `bench/peers.lock`, one call an item, in the same minute (see `apart`).
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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


def line(name: str, seconds: float, items: int, peer: float | None, least: float) -> str:
    """One row: seconds of the batch, microseconds an item, ratio to the peer per item and whether it is `least`."""
    each = seconds / items
    text = f"{name:44s} {seconds:8.3f} s  {each * 1e6:8.3f} us each  "
    if peer is None:
        return text + "peer not installed: `make bench` makes its environment"
    ratio = peer / each
    held = "" if not least else f", at least {least:,.0f}: {'held' if ratio >= least else 'MISSED'}"
    return text + f"peer {peer * 1e6:,.0f} us each, {ratio:,.0f} times{held}"


def limited(name: str, seconds: float, limit: float) -> str:
    """One row: seconds and whether they are under the limit."""
    return f"{name:44s} {seconds:8.3f} s  under {limit:g} s: {'held' if seconds < limit else 'MISSED'}"


def cases(rng: np.random.Generator) -> list[np.ndarray]:
    """Holding cost, penalty, fixed cost, mean, sd and lead time of many SKUs."""
    bounds = [(0.1, 3), (10, 60), (5, 200), (100, 5000), (10, 150), (0.02, 0.3)]
    return [rng.uniform(low, high, SKUS) for low, high in bounds]


# What runs in the peers' environment: median seconds an item of each method, over three rounds.
THERE = """
import json, sys, time
import numpy as np
given = np.load(sys.argv[1])
h, p, K, mean, sd, lead = (given[name] for name in ("h", "p", "K", "mean", "sd", "lead"))
y, n, found = given["y"], range(len(h)), {}
def timed(name, items, call):
    times = []
    for _ in range(3):
        began = time.perf_counter(); [call(i) for i in items]; times.append((time.perf_counter() - began) / len(items))
    found[name] = sorted(times)[1]
from stockpyl import newsvendor as nv, rq
timed("newsvendor normal", n, lambda i: nv.newsvendor_normal(h[i], p[i], mean[i], sd[i]))
timed("newsvendor Poisson", n, lambda i: nv.newsvendor_poisson(h[i], p[i], mean[i] / 50))
timed("(r, Q), penalty a unit", n, lambda i: rq.r_q_eil_approximation(h[i], p[i], K[i], mean[i], sd[i], lead[i]))
timed("(r, Q), penalty a unit and period", n,
      lambda i: rq.r_q_loss_function_approximation(h[i], p[i], K[i], mean[i], sd[i], lead[i]))
from statsforecast.models import TSB, CrostonClassic
for name, model in (("Croston", CrostonClassic()), ("TSB", TSB(0.1, 0.1))):
    model.forecast(y[0], 8)
    timed(name, range(len(y)), lambda i: model.forecast(y[i], 8))
json.dump(found, open(sys.argv[2], "w"))
"""
NAMES = ("h", "p", "K", "mean", "sd", "lead")


def peers(inputs: list[np.ndarray], y: np.ndarray) -> dict[str, float]:
    """Seconds an item that stockpyl and statsforecast take on the first items; empty without their environment."""
    from bench import apart

    python = apart.ENVIRONMENT / "bin" / "python"
    if not python.exists():
        return {}
    with tempfile.TemporaryDirectory() as folder:
        given, found, script = (Path(folder) / name for name in ("given.npz", "found.json", "there.py"))
        np.savez(given, y=y[:SAMPLE], **{name: part[:SAMPLE] for name, part in zip(NAMES, inputs, strict=True)})
        script.write_text(THERE, encoding="utf-8")
        subprocess.run([str(python), str(script), str(given), str(found)], check=True, capture_output=True, timeout=600)
        return json.loads(found.read_text(encoding="utf-8"))


def stock_policies(rng: np.random.Generator) -> list[str]:
    """Newsvendors (at least 1,000 times the peer), reorder points (at least 500 times) and intermittent demand."""
    inputs = cases(rng)
    h, p, K, mean, sd, lead = inputs
    y = rng.poisson(rng.lognormal(0.5, 1.2, (10_000, 1)), (10_000, 104)).astype(float)
    ours = {
        "newsvendor normal": (lambda: newsvendor.normal(h, p, mean, sd), SKUS, 1000),
        "newsvendor Poisson": (lambda: newsvendor.poisson(h, p, mean / 50), SKUS, 0),
        "(r, Q), penalty a unit": (lambda: inventory.rq_backorder_unit(h, p, K, mean, sd, lead), SKUS, 500),
        "(r, Q), penalty a unit and period": (lambda: inventory.rq_backorder_time(h, p, K, mean, sd, lead), SKUS, 500),
        "Croston": (lambda: intermittent.croston(y), len(y), 0),
        "TSB": (lambda: intermittent.tsb(y), len(y), 0),
    }
    beside = peers(inputs, y)
    return [
        line(f"{name}, {items:,}", best_of(call, 3), items, beside.get(name), least)
        for name, (call, items, least) in ours.items()
    ]


def forecasts(rng: np.random.Generator) -> list[str]:
    """Weekly batches with intervals: 10,000 series under 3 s."""
    y = rng.poisson(rng.lognormal(0.5, 1.2, (10_000, 1)), (10_000, 104)).astype(float)
    group = rng.integers(0, 40, len(y))
    took = best_of(lambda: forecasting.batch(y, 8, group), 3)
    return [limited("forecast with intervals, 10,000 x 104 weeks", took, 3.0)]


def warehouses(rng: np.random.Generator) -> list[str]:
    """Facility location to proven optimum: the demo company's network under 5 s, and one of random costs."""
    from crossborder.company import Company
    from crossborder.supply import network_pages

    company = Company.open("data/demo")
    flows = network_pages.flows(company)
    best = network_pages.network_choice(flows, company.table("warehouses"), company.as_of, 5.0)[0]
    cost, fixed = rng.uniform(1, 40, (20, 120)), rng.uniform(50, 150, 20)
    demand = rng.uniform(1, 10, 120)
    found = network.locate(fixed, cost, demand, np.full(20, 90.0), time_limit_seconds=30)
    return [
        limited("the demo company's warehouses", best.seconds, 5.0) + f", gap {best.gap:.6f}",
        f"{'20 sites x 120 regions with capacity':44s} {found.seconds:8.3f} s  gap {found.gap:.6f}",
    ]


def at_sea(sea: object, port: str) -> bool:
    """Whether a port lies near a shipping lane (some of the list are inland)."""
    from crossborder.errors import Refusal

    try:
        sea.distances([port], [port])
    except Refusal:
        return False
    return True


def distances_and_costs(rng: np.random.Generator) -> list[str]:
    """All-port distances (100 x 100 under 1 s) and landed cost of a million rows (under 1 s)."""
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
        limited("sea distances, 100 x 100 ports", matrix, 1.0),
        limited(f"landed cost, {count * len(lanes):,} rows", cost, 1.0),
    ]


PARTS = (stock_policies, forecasts, warehouses, distances_and_costs)

if __name__ == "__main__":
    generator = np.random.default_rng(20261031)
    for part in PARTS:
        if len(sys.argv) == 1 or any(word in part.__name__ for word in sys.argv[1:]):
            print("\n".join(part(generator)), flush=True)
