"""Marketing against its peers, in one process, side by side: exact Markov and rules, BG/NBD, journeys in the engine.

Run: python bench/bench_marketing.py [journeys] [customers] [touches]
Peers: ChannelAttribution (group bench) and lifetimes (group oracle); a peer that is not installed is left out.
Every line prints seconds (best of the rounds), the ratio peer / ours, and the peer's error where it has one.
"""

import contextlib
import io
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from crossborder.marketing import buying_models, markov, rules
from crossborder.marketing.journeys import Journeys

RULES = ("first", "last", "linear", "position", "time_decay")


def best_of(call: Callable[[], object], rounds: int = 2) -> tuple[float, object]:
    """Seconds of the fastest round, and its result."""
    seconds, result = np.inf, None
    for _ in range(rounds):
        begin = time.perf_counter()
        result = call()
        seconds = min(seconds, time.perf_counter() - begin)
    return seconds, result


def sample_journeys(count: int, channels: int = 15) -> Journeys:
    """Random journeys: 3.6 touches on average, 11 % with an order, channels of different size and strength."""
    rng = np.random.default_rng(1)
    lengths = rng.geometric(1 / 3.57, count).clip(1, 20)
    weight = np.linspace(1, 4, channels)
    codes = rng.choice(channels, lengths.sum(), p=weight / weight.sum()).astype(np.int16)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    strength = np.bincount(np.repeat(np.arange(count), lengths), codes / channels) / lengths
    won = (rng.random(count) < 0.04 + 0.14 * strength).astype(float)
    names = tuple(f"c{i:02d}" for i in range(channels))
    return Journeys(names, codes, starts, won, 1 - won, {}, rng.random(lengths.sum()) * 30)


def attribution(count: int) -> None:
    """Five rules and exact Markov against ChannelAttribution's defaults."""
    made = sample_journeys(count)

    def ours_rules() -> list[np.ndarray]:
        won = made.converting()
        weight = np.repeat(won.conversions, won.lengths)
        return [np.bincount(won.codes, rules.touch_weights(won, rule) * weight) for rule in RULES]

    rules_seconds, _ = best_of(ours_rules)
    markov_seconds, found = best_of(lambda: markov.removal_effects(markov.chain(made)))
    print(f"ours: 5 rules {rules_seconds:.3f} s, exact Markov {markov_seconds:.3f} s ({count:,} journeys)")
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import ChannelAttribution
        except ImportError:
            return
    names = np.array(made.channels)[made.codes]
    cuts = made.starts
    path = [" > ".join(names[cuts[i] : cuts[i + 1]]) for i in range(made.count)]
    frame = pd.DataFrame({"path": path, "conv": made.conversions.astype(int), "null": made.nulls.astype(int)})

    def quiet(call: Callable[[], object]) -> object:
        with contextlib.redirect_stdout(io.StringIO()):
            return call()

    peer_rules, _ = best_of(lambda: quiet(lambda: ChannelAttribution.heuristic_models(frame, "path", "conv")), 1)
    peer_markov, table = best_of(
        lambda: quiet(lambda: ChannelAttribution.markov_model(frame, "path", "conv", var_null="null")), 1
    )
    table = table["result"] if isinstance(table, dict) else table
    share = table.set_index("channel_name").iloc[:, 0] / table.iloc[:, 1].sum()
    exact = pd.Series(found[1] / found[1].sum(), index=list(made.channels))
    error = (share.reindex(exact.index) / exact - 1).abs()
    print(f"ChannelAttribution: 3 rules {peer_rules:.3f} s, Markov {peer_markov:.3f} s")
    print(f"ratio: {(peer_rules + peer_markov) / (rules_seconds + markov_seconds):.1f} (both), ", end="")
    print(
        f"Markov alone {peer_markov / markov_seconds:.1f}; its error {error.max():.1%} worst, {error.mean():.1%} mean"
    )


def sample_customers(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Repeat purchases, day of the last one and age of customers who buy and leave as BG/NBD says."""
    rng = np.random.default_rng(0)
    rate, drop = rng.gamma(0.6, 1 / 20, count), rng.beta(0.8, 2.5, count)
    age = rng.integers(30, 366, count).astype(float)
    x, last, now, alive = np.zeros(count), np.zeros(count), np.zeros(count), np.ones(count, dtype=bool)
    while alive.any():
        now[alive] += rng.exponential(1 / rate[alive])
        alive &= now <= age
        x[alive] += 1
        last[alive] = np.ceil(now[alive])
        alive &= rng.random(count) > drop
    return x, np.minimum(last, age), age


def buying(count: int) -> None:
    """BG/NBD against lifetimes."""
    x, last, age = sample_customers(count)
    ours, model = best_of(lambda: buying_models.fit(x, last, age))
    print(f"ours: BG/NBD {ours:.2f} s ({count:,} customers) {model.parameters.round(4).to_dict()}")
    try:
        from lifetimes import BetaGeoFitter
    except ImportError:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs, fitted = best_of(lambda: BetaGeoFitter().fit(x, last, age), 1)
    print(f"lifetimes: {theirs:.2f} s, ratio {theirs / ours:.1f}, {fitted.params_.round(4).to_dict()}")


def engine(count: int) -> None:
    """Journeys from touchpoints and orders in DuckDB."""
    import ibis
    import pyarrow as pa
    import pyarrow.parquet as pq
    from crossborder.marketing import journey_query

    rng = np.random.default_rng(1)
    people, orders = count // 4, count // 20
    names = np.array([f"c{i:07d}" for i in range(people)])
    start = np.datetime64("2025-01-01T00:00:00", "us")
    who, buyer = rng.integers(0, people, count), rng.integers(0, people, orders)
    touches = pa.table(
        {
            "customer_id": names[who],
            "at": start + rng.integers(0, 360 * 86400, count).astype("timedelta64[s]"),
            "channel": np.array(["social", "display", "search", "email", "direct"])[rng.integers(0, 5, count)],
            "market": np.array(["DE", "US", "JP"])[who % 3],
        }
    )
    lines = pa.table(
        {
            "order_id": [f"o{i}" for i in range(orders)],
            "line": np.ones(orders, dtype=int),
            "ordered_at": start + rng.integers(0, 360 * 86400, orders).astype("timedelta64[s]"),
            "customer_id": names[buyer],
            "market": np.array(["DE", "US", "JP"])[buyer % 3],
            "sku": ["s"] * orders,
            "quantity": np.ones(orders, dtype=int),
            "unit_price": rng.random(orders) * 50,
            "currency": ["USD"] * orders,
        }
    )
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        pq.write_table(touches, Path(folder) / "touches.parquet")
        pq.write_table(lines, Path(folder) / "orders.parquet")
        connection = ibis.duckdb.connect()
        tables = [connection.read_parquet(Path(folder) / f"{name}.parquet") for name in ("touches", "orders")]
        seconds, made = best_of(lambda: journey_query.build(*tables))
    print(f"ours: {count:,} touches to {made.journeys.count:,} journeys in the engine in {seconds:.1f} s")


if __name__ == "__main__":
    sizes = [int(float(text)) for text in sys.argv[1:]] + [1_000_000, 1_000_000, 10_000_000][len(sys.argv) - 1 :]
    attribution(sizes[0])
    buying(sizes[1])
    engine(sizes[2])
