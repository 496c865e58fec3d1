"""Coverage of market sizes and growth over 40 simulated worlds, and speed against peers in the same process.

Run: python -m bench market
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from crossborder.demo import market_tables
from crossborder.demo.world import World
from crossborder.market import (
    forecasting,
    growth_curves,
    growth_fans,
    growth_inputs,
    nowcast,
    reconciliation,
    screening,
)

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ("11_market_sizing", "12_market_growth")
ALONE = "from pathlib import Path; from crossborder.reports.refresh import refresh; print(refresh(Path({path!r})))"
SEEDS = range(40)
SERIES = ["market", "category"]


def best_of(call: Callable[[], object], repeats: int = 3) -> float:
    """Seconds of the fastest of some runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def covered(found: pd.DataFrame, size: pd.Series, growth: pd.Series) -> tuple[float, float]:
    """Share of series whose intervals hold the true size and the true growth."""
    inside_size = (found["size_low"] <= size) & (size <= found["size_high"])
    inside_growth = (found["growth_low"] <= growth) & (growth <= found["growth_high"])
    return float(inside_size.mean()), float(inside_growth.mean())


def coverage() -> pd.DataFrame:
    """Coverage of 90 % intervals, one row a seed, for cells (market x category) and markets."""
    rows = []
    for seed in SEEDS:
        world = World(seed=seed)
        tables, truth = market_tables.part(world, world.rng("market_sales"))
        published = tables["market_sales"].pivot_table(index="year", columns=SERIES, values="sales_usd").astype(float)
        true = truth["market_true_values"].pivot_table(index="year", columns=SERIES, values="sales_usd")
        found = nowcast.nowcast(published)
        by_market = pd.Series(published.columns.get_level_values("market"), index=published.columns)
        totals = nowcast.group_totals(found, published, by_market)
        market = true.T.groupby("market").sum().T
        cell = covered(found.estimates, true.iloc[-1], true.iloc[-1] / true.iloc[-2] - 1)
        whole = covered(totals, market.iloc[-1], market.iloc[-1] / market.iloc[-2] - 1)
        rows.append((*cell, *whole, found.carry, found.noise_sd))
    names = ["cell size", "cell growth", "market size", "market growth", "carry", "noise"]
    return pd.DataFrame(rows, columns=names)


def ceilings(worlds: int = 12) -> tuple[float, int]:
    """Share of true penetration ceilings (markets) inside their 90 % interval, and the number of cases."""
    inside = []
    for seed in range(worlds):
        world = World(seed=seed)
        tables, truth = market_tables.part(world, world.rng("market_sales"))
        retail = growth_inputs.retail_sales(tables["market_sales"])
        true = truth["market_curves"].set_index(SERIES)["penetration_ceiling"]
        weight = retail.reindex(true.index)
        total = (true * weight).groupby("market").sum() / weight.groupby("market").sum()
        share = growth_inputs.penetration(tables["market_sales"])
        fits, _ = growth_fans.fit_many(share, "richards", errors="relative", carry=0.35)
        inside += [f.ceiling_low <= total[m] <= f.ceiling_high for m, f in fits.items()]
    return float(np.mean(inside)), len(inside)


def reconcile_seconds() -> dict[str, float]:
    """Seconds to reconcile a grid of 10,201 nodes, six months ahead, by method."""
    keys = pd.DataFrame([(a, b) for a in range(100) for b in range(100)], columns=["market", "category"]).astype("str")
    nodes = reconciliation.hierarchy(keys, [[], ["market"], ["category"]])
    rng = np.random.default_rng(0)
    base, residuals = rng.gamma(5, 10, (len(nodes.labels), 6)), rng.standard_normal((len(nodes.labels), 36))
    methods = [m for m in reconciliation.METHODS if m != "mint_sample"]
    return {
        m: best_of(lambda m=m: reconciliation.reconcile(base, nodes, method=m, residuals=residuals)) for m in methods
    }


def theta_ratio(series: int = 20) -> tuple[float, float]:
    """Seconds a series of our panel Theta and of statsmodels' Theta."""
    from statsmodels.tsa.forecasting.theta import ThetaModel

    rng, t = np.random.default_rng(0), np.arange(60)
    panel = np.exp(5 + 0.01 * t + 0.2 * np.sin(t * np.pi / 6) + 0.1 * rng.standard_normal((1000, 60)))
    ours = best_of(lambda: forecasting.forecast(panel, 6, method="theta")) / len(panel)
    index = pd.period_range("2020-01", periods=60, freq="M")
    rows = [pd.Series(row, index=index) for row in panel[:series]]
    peer = best_of(lambda: [ThetaModel(r, method="multiplicative").fit().forecast(6) for r in rows], 1) / series
    return ours, peer


def curve_seconds() -> float:
    """Seconds of one logistic fit with its profile interval."""
    t = np.arange(12.0)
    noise = np.exp(0.02 * np.random.default_rng(0).standard_normal(12))
    y = growth_curves.cumulative("logistic", t, {"ceiling": 0.4, "rate": 0.5, "midpoint": 6.0}) * noise
    return best_of(lambda: growth_curves.fit("logistic", t, y, errors="relative"))


def rank_seconds() -> float:
    """Seconds to rank 200 markets on 10 criteria with 10,000 draws of the weights."""
    scores = pd.DataFrame(np.random.default_rng(0).random((200, 10)))
    weights = pd.Series(0.1, index=scores.columns)
    return best_of(lambda: screening.weighted_ranking(scores, weights, rng=np.random.default_rng(1)))


def alone(notebook: str) -> tuple[float, float]:
    """Seconds and processor seconds of a notebook run alone in a copy of the project where nothing is cached.

    The seconds go from the start of a cold kernel to the stored outputs; the processor's are those of all processes.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        for part in ("lib", "data", "scenarios", "notebooks"):
            shutil.copytree(ROOT / part, copy / part)
        code, before = ALONE.format(path=str(copy / "notebooks" / f"{notebook}.ipynb")), _children()
        surroundings = {**os.environ, "PYTHONPATH": str(copy / "lib")}
        command = [sys.executable, "-c", code]
        ended = subprocess.run(command, cwd=copy, env=surroundings, check=True, capture_output=True, text=True)
        return float(ended.stdout.split()[1]), _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    for name in NOTEBOOKS:
        wall, used = alone(name)
        print(f"{name} alone, cold kernel, nothing cached: {wall:.1f} s ({used:.1f} s of the processor)")
    study = coverage()
    print("coverage of 90 % intervals, mean over", len(study), "seeds")
    print(study.mean().round(3).to_string())
    held, cases = ceilings()
    print(f"ceilings inside their 90 % interval: {held:.3f} of {cases}")
    print("seconds, 10,201 nodes:", {k: round(v, 4) for k, v in reconcile_seconds().items()})
    ours, peer = theta_ratio()
    print(f"Theta, ms a series: ours {1e3 * ours:.3f}, statsmodels {1e3 * peer:.1f}, ratio {peer / ours:.0f}")
    print(f"logistic fit with profile interval: {1e3 * curve_seconds():.0f} ms; ranking: {rank_seconds():.2f} s")
