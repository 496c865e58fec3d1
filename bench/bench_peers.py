"""The main computation of each area beside its peers: same process, same inputs, turn by turn, three sizes.

Run: python -m bench.bench_peers [WORD ...]   (only the cases whose name or peer holds one of the words)
"""

import contextlib
import io
import sys
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench import apart, harness
from bench.harness import Case

DRIVERS = 6


def relative(ours: Any, theirs: Any) -> str:
    """The largest difference of two results, relative to the largest number of the peer's."""
    one, other = (np.asarray(values, dtype=float) for values in (ours, theirs))
    return f"{np.max(np.abs(one - other)) / np.max(np.abs(other)):.1e}"


def quietly(call: Any) -> Any:
    """A result without what the call prints or warns of."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call()


def attribution() -> Case:
    """Exact removal effects of a Markov chain; ChannelAttribution simulates them."""
    import ChannelAttribution  # greets on its import
    from crossborder.marketing import markov

    from bench.bench_marketing import sample_journeys

    def make(count: int) -> tuple:
        made = sample_journeys(count)
        names, cuts = np.array(made.channels)[made.codes], made.starts
        path = [" > ".join(names[cuts[i] : cuts[i + 1]]) for i in range(made.count)]
        frame = pd.DataFrame({"path": path, "conv": made.conversions.astype(int), "null": made.nulls.astype(int)})
        return made, frame

    def ours(inputs: tuple) -> np.ndarray:
        effects = markov.removal_effects(markov.chain(inputs[0]))[1]
        return effects / effects.sum()

    def theirs(inputs: tuple) -> np.ndarray:
        table = quietly(lambda: ChannelAttribution.markov_model(inputs[1], "path", "conv", var_null="null"))
        table = table["result"] if isinstance(table, dict) else table
        return (table.set_index("channel_name").iloc[:, 0] / table.iloc[:, 1].sum()).sort_index().to_numpy()

    sizes = (10_000, 30_000, 100_000)
    return Case("Markov attribution", "ChannelAttribution", sizes, "journeys", make, ours, theirs, relative)


def customers() -> Case:
    """BG/NBD fitted to the same customers."""
    from crossborder.marketing import buying_models
    from lifetimes import BetaGeoFitter

    def make(count: int) -> tuple:
        from bench.bench_marketing import sample_customers

        return sample_customers(count)

    def ours(inputs: tuple) -> np.ndarray:
        return buying_models.fit(*inputs).parameters.to_numpy()

    def theirs(inputs: tuple) -> np.ndarray:
        return quietly(lambda: BetaGeoFitter().fit(*inputs).params_.to_numpy())

    return Case("BG/NBD fit", "lifetimes", (1_000, 5_000, 20_000), "customers", make, ours, theirs, relative)


def _matrix(count: int) -> tuple[np.ndarray, np.ndarray]:
    return np.random.default_rng(1).lognormal(size=(count, 12)), np.full(12, 1 / 12)


def ranking() -> Iterable[Case]:
    """TOPSIS with either scaling, and PROMETHEE II."""
    import pymcdm
    import skcriteria
    from crossborder.selection import ranking as ours
    from skcriteria.agg.topsis import TOPSIS
    from skcriteria.preprocessing.scalers import VectorScaler

    ones, sizes = np.ones(12), (1_000, 10_000, 100_000)

    def skc(inputs: tuple) -> np.ndarray:
        problem = skcriteria.mkdm(inputs[0], [max] * 12, weights=inputs[1])
        return TOPSIS().evaluate(VectorScaler(target="matrix").transform(problem)).e_.similarity

    yield Case(
        "TOPSIS, min-max", "pymcdm", sizes, "ideas", _matrix, lambda m: ours.topsis(*m, ones, "minmax"),
        lambda m: pymcdm.methods.TOPSIS()(*m, ones), relative,
    )  # fmt: skip
    yield Case(
        "TOPSIS, vector", "scikit-criteria", sizes, "ideas", _matrix, lambda m: ours.topsis(*m, 1), skc, relative
    )
    yield Case(
        "PROMETHEE II, usual", "pymcdm", (100, 300, 1_000), "ideas", _matrix,
        lambda m: ours.promethee(*m, 1)["net"], lambda m: pymcdm.methods.PROMETHEE_II("usual")(*m, ones), relative,
    )  # fmt: skip


def theta() -> Case:
    """Theta forecasts of a panel of monthly series; the peer takes ten of them, one by one.

    Same convention: season always taken out, each series by its own. Left to itself the peer drops the season where a
    test does not find it, and ours pools the season of the panel: then they differ by a fifth, and ours is nearer.
    What is left (below half a per cent) is the peer's numerical search for alpha, which stops early.
    """
    from crossborder.market import forecasting
    from statsmodels.tsa.forecasting.theta import ThetaModel

    part, index = 10, pd.period_range("2020-01", periods=60, freq="M")

    def make(count: int) -> np.ndarray:
        rng, t = np.random.default_rng(0), np.arange(60)
        return np.exp(5 + 0.01 * t + 0.2 * np.sin(t * np.pi / 6) + 0.1 * rng.standard_normal((count, 60)))

    def ours(panel: np.ndarray) -> np.ndarray:
        return forecasting.forecast(panel, 6, method="theta", shrink=False)[:part]

    def theirs(panel: np.ndarray) -> np.ndarray:
        rows = [pd.Series(values, index=index) for values in panel[:part]]
        same = {"method": "multiplicative", "use_test": False}
        return quietly(lambda: np.array([ThetaModel(row, **same).fit().forecast(6) for row in rows]))

    return Case(
        "Theta forecasts", "statsmodels", (100, 300, 1_000), "series", make, ours, theirs, relative,
        lambda count: count / part,
    )  # fmt: skip


def sensitivity() -> Case:
    """Sobol indices of the same function, on designs of the same size; the difference is that of first orders."""
    from crossborder.finance import sensitivity as finance
    from crossborder.finance.simulation import Driver
    from SALib.analyze import sobol as analyse
    from SALib.sample import sobol as sample

    drivers = [Driver(f"x{k}", 0.5, 1.0, 2.0) for k in range(DRIVERS)]
    problem = {"num_vars": DRIVERS, "names": [one.name for one in drivers], "bounds": [[0, 1]] * DRIVERS}

    def outcome(values: np.ndarray) -> np.ndarray:
        return values[:, 0] * values[:, 1] + np.sqrt(values[:, 2]) + 0.1 * values.sum(axis=1)

    def ours(size: int) -> np.ndarray:
        rng = np.random.default_rng(1)
        table = finance.sobol(drivers, lambda frame: outcome(frame.to_numpy()), size=size, resamples=100, rng=rng)
        return table.set_index("driver")["first_order"].sort_index().to_numpy()

    def theirs(size: int) -> np.ndarray:
        from scipy.special import ndtri

        points = sample.sample(problem, size, calc_second_order=False, seed=1)
        normals = ndtri(np.clip(points, 1e-9, 1 - 1e-9))
        values = np.column_stack([one.at(normals[:, place]) for place, one in enumerate(drivers)])
        return analyse.analyze(problem, outcome(values), calc_second_order=False, num_resamples=100, seed=1)["S1"]

    def differ(one: np.ndarray, other: np.ndarray) -> str:
        return f"{np.abs(one - other).max():.3f} of the variance"

    return Case("Sobol indices", "SALib", (512, 2_048, 8_192), "points", lambda size: size, ours, theirs, differ)


def rates() -> Case:
    """Internal rate of one series of yearly flows: ours finds all roots, pyxirr one, by compiled code."""
    import pyxirr
    from crossborder.finance.valuation import irr

    def make(count: int) -> np.ndarray:
        rng = np.random.default_rng(3)
        return np.concatenate([[-100.0], rng.uniform(0, 300 / count, count)])

    return Case(
        "internal rate of return", "pyxirr", (10, 40, 160), "flows", make,
        lambda flows: irr(flows).rates[:1], lambda flows: [pyxirr.irr(flows)], relative, rounds=7,
    )  # fmt: skip


def sea() -> Case:
    """Sea distances between all of some gateway ports, nautical miles; the peer takes them pair by pair, ten pairs.

    Both start from the same points of the network: the peer looks for the nearest point in degrees, ours on the globe,
    which puts Los Angeles on another pier (8.8 against 8.3 km away, 15 nautical miles on the way over the Pacific).
    """
    import searoute
    from crossborder.reference import airports
    from crossborder.reference.sea import SeaNetwork

    gates, network, part = airports.gateways().drop_duplicates("port_locode"), SeaNetwork.load(), 10
    codes = gates["port_locode"].tolist()
    ways = [network.path(codes[0], code)[["lon", "lat"]].to_numpy().tolist() for code in codes[1 : part + 1]]

    def theirs(codes: list[str]) -> np.ndarray:
        found = [quietly(lambda way=way: searoute.searoute(way[0], way[-1], units="naut")) for way in ways]
        return np.array([one["properties"]["length"] for one in found])

    def differ(ours: Any, peer: np.ndarray) -> str:
        near = np.asarray(ours, dtype=float)[0, 1 : part + 1]
        size = min(len(near), len(peer))
        gap = np.abs(near[:size] / peer[:size] - 1)
        return f"median {np.median(gap):.1e}, largest {gap.max():.1e}"

    return Case(
        "sea distances, all pairs", "searoute", (11, 18, 30), "ports",
        lambda count: codes[:count], lambda codes: network.distances(codes, codes), theirs,
        differ, lambda count: count**2 / part,
    )  # fmt: skip


def engine(place: Path) -> Case:
    """Sales by month, product, market and platform: the engine reads what it needs, pandas the columns asked for."""
    import ibis
    from crossborder.finance import order_costs

    def make(count: int) -> Path:
        path, rng = place / f"orders-{count}.parquet", np.random.default_rng(1)
        start = np.datetime64("2025-01-01T00:00:00", "us")
        frame = pd.DataFrame(
            {
                "ordered_at": start + rng.integers(0, 360 * 86400, count).astype("timedelta64[s]"),
                "customer_id": rng.integers(0, count // 3, count).astype(str),
                "sku": rng.choice([f"s{k:03d}" for k in range(300)], count),
                "market": rng.choice(["DE", "US", "JP"], count),
                "platform": rng.choice(["shop", "amazon"], count),
                "currency": "USD",
                "quantity": rng.integers(1, 4, count),
                "returned": rng.integers(0, 2, count),
                "unit_price": rng.random(count) * 50,
                **{name: rng.random(count) for name in ("discount", "tax", "shipping_charged", "refund")},
            }
        )
        frame.to_parquet(path)
        return path

    def ours(path: Path) -> float:
        table = ibis.duckdb.connect().read_parquet(path)
        return float(order_costs.monthly_sales(table, "2025-01-01", "2025-12-31")["price"].sum())

    def theirs(path: Path) -> float:
        columns = ["ordered_at", "sku", "market", "platform", "currency", "quantity", "returned", "unit_price"]
        frame = pd.read_parquet(path, columns=[*columns, "discount", "tax", "shipping_charged", "refund"])
        frame["month"] = frame["ordered_at"].dt.to_period("M")
        frame["price"] = frame["unit_price"] * frame["quantity"]
        keys = ["month", "sku", "market", "platform", "currency"]
        sums = ["quantity", "returned", "price", "discount", "tax", "shipping_charged", "refund"]
        return float(frame.groupby(keys)[sums].sum()["price"].sum())

    sizes = (100_000, 500_000, 2_000_000)
    return Case("monthly sales, DuckDB", "pandas", sizes, "order lines", make, ours, theirs, relative)


def cases(place: Path) -> Iterable[Any]:
    """What makes each case; a peer that is not installed fails alone."""
    yield from (attribution, customers, ranking, theta, sensitivity, rates, sea, lambda: engine(place))


def main(words: list[str]) -> int:
    """Print the table; 1 if a case could not run."""
    print(harness.HEAD)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for maker in cases(Path(folder)):
            try:
                made = quietly(maker)
                chosen = [made] if isinstance(made, Case) else list(made)
                for case in chosen:
                    if not words or any(word in f"{case.name} {case.peer}" for word in words):
                        print("\n".join(harness.compared(case)), flush=True)
            except ImportError as missing:
                print(f"| {maker.__name__} | not measured: {missing.name} is not installed | | | | | | | |")
                failed = 1
        if not words or any(word in "stockpyl statsforecast" for word in words):
            for line in apart.rows(Path(folder)):
                print(line, flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
