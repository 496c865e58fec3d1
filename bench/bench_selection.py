"""Speed of ranking beside pymcdm in one process, and launch success over twenty simulated worlds.

Run: python -m bench selection
"""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from crossborder.demo import launch_tables
from crossborder.selection import acceptability, launch_review, launch_success, ranking

SEEDS = range(20)


def best_of(call: Callable[[], object], repeats: int = 3) -> float:
    """CPU seconds of the cheapest of some runs."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def speed() -> pd.DataFrame:
    """CPU seconds at a million alternatives and twelve criteria, with the ratio to pymcdm where it can run."""
    import pymcdm

    rng = np.random.default_rng(1)
    matrix, weights, types = rng.lognormal(size=(1_000_000, 12)), np.full(12, 1 / 12), np.ones(12)
    rows = []
    ours = best_of(lambda: ranking.topsis(matrix, weights, types, "minmax"))
    theirs = best_of(lambda: pymcdm.methods.TOPSIS()(matrix, weights, types), 2)
    rows.append(("TOPSIS, min-max, 1e6 x 12", ours, theirs))
    rows.append(("TOPSIS, vector, 1e6 x 12", best_of(lambda: ranking.topsis(matrix, weights, types)), theirs))
    rows.append(
        (
            "PROMETHEE II linear, 1e6 x 12",
            best_of(lambda: ranking.promethee(matrix, weights, 1, "linear", q=0.1, p=1.0), 1),
            np.nan,
        )
    )
    small = matrix[:2000]
    ours = best_of(lambda: ranking.promethee(small, weights, 1))
    theirs = best_of(lambda: pymcdm.methods.PROMETHEE_II("usual")(small, weights, types), 1)
    rows.append(("PROMETHEE II usual, 2e3 x 12", ours, theirs))
    drawn = acceptability.weight_draws(12, 10_000, rng)
    utility = rng.uniform(size=(10_000, 12))
    rows.append(("SMAA, 1e4 ideas x 1e4 draws, top 50",
                 best_of(lambda: acceptability.acceptability(utility, drawn, 50), 2), np.nan))  # fmt: skip
    noisy = np.full(12, 0.08)
    rows.append(
        (
            "the same with data noise",
            best_of(lambda: acceptability.acceptability(utility, drawn, 50, rng=rng, noise=noisy), 1),
            np.nan,
        )
    )
    table = pd.DataFrame(rows, columns=["task", "seconds", "pymcdm_seconds"])
    return table.assign(times_faster=table["pymcdm_seconds"] / table["seconds"])


def one_world(seed: int) -> tuple[dict[str, float], pd.DataFrame]:
    """Out-of-time quality in one simulated world, and its predictions."""
    past, _ = launch_tables.launches(np.random.default_rng(1000 + seed))
    predictions = launch_success.out_of_time(past)
    raw = launch_review.calibration(predictions)[0]
    if launch_review.keep_calibrator(predictions, launch_success.fit(past))[1]["kept"]:
        predictions = launch_review.recalibrated(predictions)
    known = predictions[predictions["success"].notna()]
    y, p, base = (known[name].astype(float) for name in ("success", "probability", "base_rate"))
    row = {
        "seed": seed,
        "brier_skill": 1 - ((y - p) ** 2).sum() / ((y - base) ** 2).sum(),
        "slope": launch_review.calibration(predictions)[0],
        "slope_without_calibrator": raw,
        "precision_20": launch_review.precision_at(predictions, 20),
        "old_rule_20": launch_review.precision_at(predictions, 20, "old_rule_score"),
        "random": y.mean(),
        "band_by_chance": launch_review.slope_noise(predictions)["inside"],
    }
    return row, predictions


def main() -> None:
    """Prints both tables and how many worlds meet each aim."""
    pd.set_option("display.width", 160)
    print(speed().round(4).to_string(index=False))
    rows, predictions = zip(*[one_world(seed) for seed in SEEDS], strict=True)
    worlds, pooled = pd.DataFrame(rows), launch_review.calibration(pd.concat(predictions))
    print(worlds.round(3).to_string(index=False))
    better = (worlds["precision_20"] > worlds["old_rule_20"]) & (worlds["precision_20"] > worlds["random"])
    print(f"worlds in which precision at 20 beats old rule and chance: {better.sum()} of {len(worlds)}")
    print(f"worlds with positive Brier skill: {(worlds['brier_skill'] > 0).sum()} of {len(worlds)}")
    print(f"slope over all worlds together {pooled[0]:.2f}, shift {pooled[1]:.2f}")
    inside, chance = worlds["slope"].between(0.8, 1.2).sum(), worlds["band_by_chance"].sum()
    print(f"slope of one world within 0.8 to 1.2: {inside} of {len(worlds)}; {chance:.1f} if calibration were perfect")


if __name__ == "__main__":
    main()
