"""Figures of pilots and tests: the title says the decision, colours and labels the doubt."""

import numpy as np
import pandas as pd
from crossborder.charts import selection_tests as charts
from crossborder.selection import cycle_time, pilots
from matplotlib.text import Text

STAKES = pilots.Stakes(piece_usd=6, return_usd=5, unsold_usd=3, scale_units=5000, fixed_usd=1000, fix_usd=800)


def plain(fig) -> str:
    texts = [text.get_text() for text in fig.findobj(Text)]
    return " ".join(texts).replace("\u2009", " ").replace("\n", " ")


def posterior(*counts):
    made = pilots.decide(pilots.Pilot(*counts), STAKES, np.random.default_rng(1))
    return plain(charts.pilot_posterior(made, STAKES, "Slim lamp"))


def test_a_pilot_is_titled_by_its_action():
    assert "Scale Slim lamp: worth USD" in posterior(1000, 900, 20, 100, 95)
    assert "Fix Slim lamp first: worth USD" in posterior(1000, 850, 300, 100, 60)
    assert "Stop Slim lamp: scaling would lose USD" in posterior(1000, 60, 20, 100, 20)


def path(z: list[float]) -> pd.DataFrame:
    limit = [4.0, 2.8, 2.1]
    return pd.DataFrame(
        {"day": [7, 14, 21], "z": z, "boundary": limit, "crossed": [abs(a) > b for a, b in zip(z, limit, strict=True)]}
    )


def test_the_day_of_crossing_is_the_first_one():
    assert "X1: the boundary is crossed on day 14" in plain(charts.sequential_path(path([1.0, 3.0, 3.0]), "X1"))
    assert "stays inside the boundary" in plain(charts.sequential_path(path([1.0, 1.0, 1.9]), "X1"))


def test_effects_count_what_is_sure_and_what_must_not_be_read():
    read = pd.DataFrame(
        {"experiment_id": ["X1", "X2", "X3"], "subject": "page", "arm": ["treatment", "ten percent", "treatment"],
         "relative": [0.1, 0.0, 0.4], "relative_low": [0.05, -0.1, 0.1], "relative_high": [0.15, 0.1, 0.7],
         "verdict": ["better", "no difference shown", "stopped early: do not read"]}
    )  # fmt: skip
    words = plain(charts.test_effects(read))
    assert "1 of 3 arms show a difference; 1 must not be read" in words
    assert "X2  page, ten percent" in words


def test_success_stands_beside_the_claim():
    rates = pd.DataFrame(
        {"cohort": ["2026Q1", "all"], "launched": [20, 20], "rate": [0.4, 0.4], "low": [0.25, 0.25],
         "high": [0.58, 0.58]}
    )  # fmt: skip
    words = plain(charts.success_rates(rates, 0.25))
    assert "40 % of launches succeeded" in words and "claimed for the industry: 25 %" in words


def test_critical_steps_are_counted():
    steps = pd.DataFrame({"step": list("ABC"), "name": list("ABC"), "after": ["", "A", "A"], "days": [3, 5, 2]})
    chance = pd.Series({"A": 1.0, "B": 0.9, "C": 0.1})
    words = plain(charts.critical_path(cycle_time.critical_path(steps), chance, "Japan"))
    assert "Japan takes 8 days; 2 of 3 steps are critical" in words
