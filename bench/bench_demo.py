"""Time and memory of the simulator, and how well its stated effects are found over 300 seeds.

Run: python -m bench.bench_demo [scale ...]   (scale 1 is about 150,000 order lines)
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from crossborder.demo import writing

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


def recovery(seeds: range) -> pd.DataFrame:
    """Share of seeds in which a parameter lies within two standard errors of its truth: lowest, mean, by regression."""
    errors = estimators.errors_in_standard_errors(seeds)
    inside = {what: (np.abs(rows) < 2).mean(axis=0) for what, rows in errors.items()}
    spread = {what: rows.std(axis=0, ddof=1).mean() for what, rows in errors.items()}
    rows = [
        {"regression": what, "parameters": len(x), "lowest": x.min(), "mean": x.mean(), "spread": spread[what]}
        for what, x in inside.items()
    ]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    scales = [float(word) for word in sys.argv[1:]] or [1.0]
    print(pd.DataFrame([generation(scale) for scale in scales]).round(1).to_string(index=False))
    seeds = range(1, 301)
    print(f"\nEstimates within two standard errors of the truth, {len(seeds)} seeds; 0.954 expected of right errors")
    print(recovery(seeds).round(3).to_string(index=False))
