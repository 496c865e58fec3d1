"""The simulated company, opened once for the tests of the risk area."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.risk import baseline


@pytest.fixture(scope="session")
def company() -> Company:
    """The demo company that lies in the repository."""
    return Company.open("data/demo")


class Without:
    """A company without some of its tables."""

    def __init__(self, company: Company, *absent: str) -> None:
        self._company, self._absent = company, absent

    def __getattr__(self, name: str):
        return getattr(self._company, name)

    def has(self, *names: str) -> bool:
        return not set(names) & set(self._absent) and self._company.has(*names)

    def optional(self, name: str):
        return None if name in self._absent else self._company.optional(name)


@pytest.fixture(scope="session")
def without(company):
    """A function that hides tables of the company."""
    return lambda *absent: Without(company, *absent)


@pytest.fixture(scope="session")
def simulated() -> tuple[baseline.Baseline, pd.DataFrame, dict, pd.Timestamp]:
    """A company of two kinds of incident, each with two leading indicators, 40 weeks apart from season and noise."""
    rng = np.random.default_rng(3)
    weeks = pd.date_range("2021-01-04", periods=208, freq="7D")
    values = rng.normal(size=(208, 6))
    rows = []
    for kind, columns in (("x", (0, 1)), ("y", (2, 3))):
        for week in np.sort(rng.choice(np.arange(12, 200), 14, replace=False)):
            values[week - 3 : week, columns] += 3.2
            rows.append((kind, weeks[week] + pd.Timedelta(days=3)))
    frame = pd.DataFrame(values + 20, weeks, [f"i{n}" for n in range(6)])
    split = weeks[104]
    incidents = pd.DataFrame(rows, columns=["kind", "started_on"]).assign(
        incident_id="z", loss_usd=2_000.0, noticed_on=lambda f: f["started_on"] + pd.Timedelta(days=5)
    )
    learned = baseline.learn(frame, pd.Series("high", frame.columns), train_end=split)
    return learned, incidents, {"x": ["i0", "i1"], "y": ["i2", "i3"]}, split
