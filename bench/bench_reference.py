"""Our reference functions beside the packages whose data they use: same process, same inputs, ratio of times.

Run: python bench/bench_reference.py
"""

import time
from datetime import date

import numpy as np
from crossborder.reference import airports, exchange
from crossborder.reference.sea import SeaNetwork


def timed(call, repeat: int = 3) -> float:
    """The best of a few runs, seconds."""
    best = np.inf
    for _ in range(repeat):
        began = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - began)
    return best


def sea() -> tuple[str, float, float]:
    """Thirty by thirty gateway ports: the package's router pair by pair (twenty pairs, scaled) against one matrix."""
    import searoute

    gates = airports.gateways().drop_duplicates("port_locode")
    codes, spots = gates["port_locode"].tolist(), gates[["port_lon", "port_lat"]].to_numpy().tolist()
    pairs = [(spots[k], spots[-k - 1]) for k in range(10)] * 2
    searoute.searoute(*pairs[0])
    network = SeaNetwork.load()
    network.distances(codes[:1], codes)
    theirs = timed(lambda: [searoute.searoute(*pair) for pair in pairs], 1) / len(pairs) * len(codes) ** 2
    return f"sea matrix {len(codes)} x {len(codes)}", theirs, timed(lambda: network.distances(codes, codes))


def money() -> tuple[str, float, float]:
    """Ten thousand amounts in three currencies on a thousand days."""
    from currency_converter import CurrencyConverter

    converter = CurrencyConverter(fallback_on_missing_rate=True, fallback_on_wrong_date=True)
    rng = np.random.default_rng(1)
    amounts, names = rng.random(10_000), rng.choice(["GBP", "JPY", "EUR"], 10_000)
    days = np.datetime64("2023-01-02") + rng.integers(0, 1000, 10_000)
    plain = [date.fromisoformat(str(day)) for day in days]
    exchange.convert(amounts[:1], names[:1], days[:1])

    def one_by_one() -> None:
        for amount, name, day in zip(amounts, names, plain, strict=True):
            converter.convert(amount, name, "USD", date=day)

    return "10,000 amounts to USD", timed(one_by_one), timed(lambda: exchange.convert(amounts, names, days))


if __name__ == "__main__":
    for name, theirs, ours in (sea(), money()):
        print(f"{name}: package {theirs:.3f} s, ours {ours:.4f} s, ratio {theirs / ours:.0f}")
