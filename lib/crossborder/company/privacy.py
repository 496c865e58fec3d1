"""Figures shared without giving people away: noise with a stated privacy loss, and a mean over local models."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["federated_mean", "gaussian_sd", "laplace_scale", "private_means"]


def laplace_scale(sensitivity: float, epsilon: float) -> float:
    """Scale of the Laplace noise that makes a number epsilon-private (Dwork, McSherry, Nissim and Smith, 2006).

    `sensitivity` is the most that one person can change the number.

    >>> laplace_scale(1.0, 0.5)
    2.0
    """
    if not sensitivity > 0 or not epsilon > 0:
        raise InputError.out_of_range("sensitivity and epsilon", (sensitivity, epsilon), "both above 0")
    return sensitivity / epsilon


def gaussian_sd(sensitivity: float, epsilon: float, delta: float) -> float:
    """Standard deviation of the normal noise for (epsilon, delta)-privacy; Dwork and Roth (2014), theorem A.1.

    sd = sensitivity * sqrt(2 ln(1.25 / delta)) / epsilon, for epsilon below 1 and delta between 0 and 1.
    """
    if not sensitivity > 0 or not 0 < epsilon < 1 or not 0 < delta < 1:
        raise InputError.out_of_range(
            "sensitivity, epsilon and delta", (sensitivity, epsilon, delta), "above 0, 0 to 1, and 0 to 1"
        )
    return float(sensitivity * np.sqrt(2 * np.log(1.25 / delta)) / epsilon)


def private_means(
    people: pd.DataFrame,
    value: str,
    by: str,
    *,
    most: float,
    epsilon: float,
    rng: np.random.Generator,
    level: float = 0.9,
) -> pd.DataFrame:
    """Mean of `value` a group that may leave the house, one row of `people` a person, values cut to 0 to `most`.

    Half of the privacy loss goes to the sum (one person changes it by at most `most`), half to the count (by 1).
    Columns: group, people (noisy), mean (noisy), low, high (where the true mean lies at `level`, by the noise alone),
    true_mean (which stays in the house), error.
    """
    if not most > 0:
        raise InputError.out_of_range("most", most, "above 0, the largest value that one person may bring in")
    cut = people[value].clip(0, most)
    sums = cut.groupby(people[by]).agg(["sum", "size"])
    noise_sum, noise_count = laplace_scale(most, epsilon / 2), laplace_scale(1.0, epsilon / 2)
    total = sums["sum"] + rng.laplace(0, noise_sum, len(sums))
    count = (sums["size"] + rng.laplace(0, noise_count, len(sums))).clip(lower=1.0)
    mean = (total / count).clip(0, most)
    # First order: the mean moves with the noise of the sum, and with that of the count times the mean.
    spread = rng.laplace(0, noise_sum, (4000, 1)) - mean.to_numpy() * rng.laplace(0, noise_count, (4000, 1))
    low, high = np.quantile(spread, [(1 - level) / 2, (1 + level) / 2], axis=0) / count.to_numpy()
    table = pd.DataFrame({"people": count.round(), "mean": mean, "low": mean + low, "high": mean + high})
    table["true_mean"] = sums["sum"] / sums["size"]
    table["error"] = table["mean"] - table["true_mean"]
    return table.rename_axis("group").reset_index()


def federated_mean(local: pd.DataFrame) -> pd.Series:
    """A shared model from local ones, without their data: the mean of the coefficients weighted by people.

    `local` has a row a site: people (above 0) and one column a coefficient (federated averaging, McMahan et al., 2017,
    with one round and closed-form local models). For means the result is exactly the pooled mean.

    >>> float(federated_mean(pd.DataFrame({"people": [1, 3], "mean": [4.0, 8.0]}))["mean"])
    7.0
    """
    weight = local["people"].astype(float)
    if (weight <= 0).any():
        raise InputError.out_of_range("people", weight.min(), "above 0 at every site")
    return local.drop(columns="people").select_dtypes("number").mul(weight, axis=0).sum() / weight.sum()
