"""Attribution: published worked examples and the identities that hold between methods."""

from itertools import combinations

import numpy as np
import pytest
from crossborder.marketing import attribution, markov, shapley
from crossborder.marketing.adstock import geometric
from crossborder.marketing.journeys import from_paths


def effects(paths, conversions, nulls, order=1):
    return markov.removal_effects(markov.chain(from_paths(paths, conversions, nulls), order))


def test_markov_of_bryl_three_paths():
    # S. Bryl, analyzecore.com, 2016-08-03, part 1 (after Anderl et al. 2016): C1 > C2 > C3 converts; C1; C2 > C3.
    paths = from_paths(["C1 > C2 > C3", "C1", "C2 > C3"], [1, 0, 0], [0, 1, 1])
    probability, removed = markov.removal_effects(markov.chain(paths))
    assert probability == pytest.approx(1 / 3, abs=1e-12)
    assert removed == pytest.approx([0.5, 1.0, 1.0], abs=1e-12)
    shares = attribution.attribute(paths, ["markov"])["share"]
    assert shares.to_numpy() == pytest.approx([0.2, 0.4, 0.4], abs=1e-12)


def test_markov_of_google_and_mailing():
    # Public four-path blog example: Google 2 orders and 1 without, Mailing 1, Google > Mailing 1.
    paths = from_paths(["Google", "Mailing", "Google > Mailing"], [2, 1, 1], [1, 0, 0])
    probability, removed = markov.removal_effects(markov.chain(paths))
    assert probability == pytest.approx(0.8, abs=1e-12)
    assert removed == pytest.approx([0.75, 0.5], abs=1e-12)
    assert attribution.attribute(paths, ["markov"])["share"].to_numpy() == pytest.approx([0.6, 0.4], abs=1e-12)


def test_shapley_of_exclusive_ratios():
    # towardsdatascience, Data-driven Marketing Attribution (tomgorb/misc): exclusive ratios; worth adds the subsets.
    paths = from_paths(["F", "O", "L", "F > O", "F > L", "L > O", "F > L > O"], [0.2, 0.1, 0.17, 0.17, 0.3, 0.0, 0.06])
    worth = shapley.coalition_worth(paths)
    f, low, o = (1 << paths.channels.index(name) for name in "FLO")
    found = [worth[s] for s in (f, o, low, f | o, f | low, low | o, f | low | o)]
    assert found == pytest.approx([0.2, 0.1, 0.17, 0.47, 0.67, 0.27, 1.0], abs=1e-12)
    value = dict(zip(paths.channels, shapley.shapley_value(worth), strict=True))
    assert [value[name] for name in "FOL"] == pytest.approx([0.455, 0.205, 0.34], abs=1e-12)


def test_shapley_of_the_glove_game():
    # Osborne and Rubinstein (1994), section 14.4: one left glove, two right gloves: 2/3, 1/6, 1/6.
    value = shapley.shapley_value_from({"left,right1": 1, "left,right2": 1, "left,right1,right2": 1})
    assert value.to_numpy() == pytest.approx([2 / 3, 1 / 6, 1 / 6], abs=1e-12)


def test_shapley_of_the_airport_game():
    # Littlechild and Owen (1973), Management Science 20(3): a runway of 8, 11, 13, 18 costs 2, 3, 4 and 9.
    cost = {"a": 8, "b": 11, "c": 13, "d": 18}
    groups = [group for size in range(1, 5) for group in combinations(cost, size)]
    value = shapley.shapley_value_from({",".join(group): max(cost[name] for name in group) for group in groups})
    assert value.to_dict() == pytest.approx({"a": 2, "b": 3, "c": 4, "d": 9}, abs=1e-12)


def test_adstock_of_robyn():
    # Robyn reference, adstock_geometric(rep(100, 5), theta = 0.5).
    assert geometric(np.full(5, 100.0), 0.5) == pytest.approx([100, 150, 175, 187.5, 193.75], abs=1e-12)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_removal_effect_is_what_simulated_walks_lose(order):
    rng = np.random.default_rng(order)
    lengths = rng.geometric(0.4, 400).clip(1, 6)
    names = rng.choice(list("abcd"), lengths.sum())
    cut = np.split(names, np.cumsum(lengths)[:-1])
    paths = from_paths([" > ".join(path) for path in cut], won := (rng.random(400) < 0.4).astype(float), 1 - won)
    model = markov.chain(paths, order)
    probability, removed = markov.removal_effects(model)
    table = model.transition()
    state, alive, hit = np.zeros(60_000, dtype=int), np.ones(60_000, dtype=bool), np.zeros((60_000, 4), dtype=bool)
    ended = np.zeros(60_000, dtype=bool)
    steps = table.cumsum(axis=1)
    while alive.any():
        place = np.flatnonzero(alive)
        state[place] = np.minimum(
            (rng.random(len(place))[:, None] > steps[state[place]]).sum(axis=1), table.shape[1] - 1
        )
        ended[place] = state[place] == model.states
        alive[place] = state[place] < model.states
        walking = place[alive[place]]
        hit[walking, model.last_channel[state[walking]]] = True
    assert probability == pytest.approx(ended.mean(), abs=0.01)
    assert removed == pytest.approx((hit & ended[:, None]).sum(axis=0) / ended.sum(), abs=0.015)


def test_order_one_of_two_overlapping_paths_by_hand():
    # a > b and b > c both convert: half start at a, half at b; b ends or moves to c with one half each.
    assert effects(["a > b", "b > c"], [1, 1], [0, 0])[1] == pytest.approx([0.5, 1.0, 0.5], abs=1e-12)
