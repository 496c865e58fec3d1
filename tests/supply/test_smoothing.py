import numpy as np
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.supply import smoothing


def test_a_straight_line_is_continued_by_holt():
    assert smoothing.holt([np.arange(10.0, 30.0, 2)], 0.5, 0.3).forecast(3)[0] == pytest.approx([30, 32, 34])


def test_a_clean_season_is_repeated():
    y = np.tile([10.0, 20, 30, 40], 4)
    assert smoothing.holt_winters([y], 4, 0.3, 0.1, 0.2).forecast(4)[0] == pytest.approx([10, 20, 30, 40])


def test_the_grid_finds_the_better_weight(rng):
    walk = np.cumsum(rng.normal(0, 1, (3, 200)), axis=1) + 100
    noise = rng.normal(100, 1, (3, 200))
    grid = [{"alpha": 0.05}, {"alpha": 0.9}]
    assert smoothing.best_of_grid(walk, smoothing.simple, grid)[1].tolist() == [1, 1, 1]
    assert smoothing.best_of_grid(noise, smoothing.simple, grid)[1].tolist() == [0, 0, 0]


def test_a_short_history_is_refused_with_the_way_out():
    with pytest.raises(Refusal, match="the series have 6 periods, the method needs 8"):
        smoothing.holt_winters([np.arange(6.0)], 4, 0.3, 0.1, 0.2)


def test_holes_are_not_filled_in_silence():
    with pytest.raises(InputError, match="1 missing values"):
        smoothing.simple([[1.0, np.nan]], 0.3)
