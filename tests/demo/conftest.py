"""One fresh company for all tests of the simulator, and one small world before stock."""

from pathlib import Path

import pandas as pd
import pytest
from crossborder.company.tables import TABLES
from crossborder.demo import truth, writing

from tests.demo import estimators


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> tuple[Path, dict[str, pd.DataFrame], dict]:
    """A fresh company: its folder, tables and truth, as they are read back from the files."""
    folder = writing.write(tmp_path_factory.mktemp("demo"))
    tables = {}
    for name, table in TABLES.items():
        path = folder / f"{name}.parquet"
        tables[name] = pd.read_parquet(path) if path.exists() else pd.read_csv(folder / f"{name}.csv")
        for c in table.columns:
            if c.kind == "date" and c.name in tables[name]:
                tables[name][c.name] = pd.to_datetime(tables[name][c.name])
    return folder, tables, truth.load(folder)


@pytest.fixture(scope="session")
def small() -> estimators.Small:
    """A small world with its people, before stock."""
    return estimators.Small.drawn(seed=3, scale=0.15)
