"""Time and memory of the simulator, and how well its stated effects are found over ten seeds.

Run: python -m bench.bench_demo [scale ...]   (scale 1 is about 150,000 order lines)
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from crossborder.demo import media, writing
from crossborder.demo.world import CHANNELS

from tests.demo import estimators


def generation(scale: float) -> dict[str, float]:
    """Seconds, size and peak memory of writing one company."""
    with tempfile.TemporaryDirectory() as place:
        start = time.perf_counter()
        folder = writing.write(Path(place) / "company", scale=scale)
        seconds = time.perf_counter() - start
        size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return {"scale": scale, "seconds": seconds, "megabytes": size / 1e6, "peak_memory_mb": peak}


def lifts(seeds: range = range(1, 11), scale: float = 0.5) -> pd.DataFrame:
    """Hazard lift of each channel: truth, mean estimate, and seeds within two standard errors."""
    found = [estimators.lifts(estimators.Small.drawn(seed, scale)) for seed in seeds]
    value, error = (np.array(x) for x in zip(*found, strict=True))
    truth = media.CHANNEL["lift"].to_numpy()
    inside = (np.abs(value - truth) < 2 * error).sum(axis=0)
    return pd.DataFrame({"truth": truth, "mean": value.mean(axis=0), "within_2_se": inside}, index=list(CHANNELS))


if __name__ == "__main__":
    scales = [float(word) for word in sys.argv[1:]] or [1.0]
    print(pd.DataFrame([generation(scale) for scale in scales]).round(1).to_string(index=False))
    print(lifts().round(2).to_string())
