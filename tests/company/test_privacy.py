import numpy as np
import pandas as pd
import pytest
from crossborder.company.privacy import federated_mean, gaussian_sd, laplace_scale, private_means
from crossborder.errors import InputError


def test_noise_has_the_published_size():
    """Dwork and Roth (2014), definition 3.3 and theorem A.1."""
    assert laplace_scale(10.0, 0.1) == 100.0
    assert gaussian_sd(1.0, 0.5, 1e-5) == pytest.approx(2 * np.sqrt(2 * np.log(125000)))


def test_the_likelihood_of_neighbouring_data_differs_by_at_most_epsilon():
    """The definition itself: densities on data sets that differ by one person stay within e^epsilon everywhere."""
    epsilon, scale = 0.7, laplace_scale(3.0, 0.7)
    output = np.linspace(-50, 60, 500)
    ratio = np.exp((np.abs(output - 8.0) - np.abs(output - 5.0)) / scale)
    assert ratio.max() == pytest.approx(np.exp(epsilon)) and ratio.min() == pytest.approx(np.exp(-epsilon))


@pytest.fixture
def people():
    rng = np.random.default_rng(3)
    return pd.DataFrame({"market": rng.choice(["DE", "US"], 4000), "value": rng.gamma(2, 30, 4000)})


def test_intervals_hold_the_true_mean_as_often_as_they_say(people):
    rng = np.random.default_rng(5)
    tables = [private_means(people, "value", "market", most=300, epsilon=1.0, rng=rng) for _ in range(60)]
    found = pd.concat(tables)
    inside = found["true_mean"].between(found["low"], found["high"]).mean()
    assert 0.82 <= inside <= 0.97


def test_more_privacy_costs_accuracy(people):
    def error(epsilon):
        rng = np.random.default_rng(1)
        rows = [
            private_means(people, "value", "market", most=300, epsilon=epsilon, rng=rng)["error"] for _ in range(20)
        ]
        return np.abs(np.concatenate(rows)).mean()

    assert error(0.05) > 5 * error(1.0)


def test_the_shared_mean_equals_the_pooled_one(people):
    sites = people.groupby("market")["value"].agg(people="size", mean="mean")
    assert federated_mean(sites)["mean"] == pytest.approx(people["value"].mean())


@pytest.mark.parametrize("given", [(0.0, 1.0), (1.0, 0.0), (1.0, float("nan"))])
def test_no_privacy_without_a_positive_epsilon(given):
    with pytest.raises(InputError, match="above 0"):
        laplace_scale(*given)


def test_other_values_that_cannot_be_are_refused(people):
    with pytest.raises(InputError, match="delta"):
        gaussian_sd(1.0, 2.0, 1e-5)
    with pytest.raises(InputError, match="most"):
        private_means(people, "value", "market", most=0, epsilon=1, rng=np.random.default_rng(1))
    with pytest.raises(InputError, match="every site"):
        federated_mean(pd.DataFrame({"people": [0, 2], "mean": [1.0, 2.0]}))
