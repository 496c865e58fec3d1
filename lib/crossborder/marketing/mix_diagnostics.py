"""What the data can tell about each channel: collinearity, flat likelihoods, spend that never moved."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.marketing.adstock import geometric_weights, saturate
from crossborder.marketing.mix_model import MixFit, draw, fit
from crossborder.marketing.mix_problem import Problem, lagged

__all__ = ["control_effects", "identifiability", "profile_likelihood", "supported", "variance_inflation"]


def variance_inflation(columns: np.ndarray) -> np.ndarray:
    """Variance inflation factor of each column: 1 / (1 - R squared) on the others and a constant.

    >>> variance_inflation(np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1]])).tolist()
    [1.0, 1.0]
    """
    columns = np.asarray(columns, dtype=float)
    centred = columns - columns.mean(axis=0)
    spread = centred.std(axis=0)
    if (spread == 0).any():
        raise InputError.out_of_range("column", int(np.flatnonzero(spread == 0)[0]), "values that vary")
    inverse = np.linalg.pinv(np.corrcoef(centred / spread, rowvar=False))
    return np.maximum(np.diag(np.atleast_2d(inverse)), 1.0)


def identifiability(model: MixFit) -> pd.DataFrame:
    """A line a channel: VIF after adstock and saturation, spread of spend, and where spend lies on its curve.

    `saturation_low` to `saturation_high` is the range of the curve that was used (5th to 95th percentile of weeks, as a
    share of its maximum). `size_error` is the standard error of the log effect. `verdict` names what is weak.
    """
    stocked = np.einsum("tcl,cl->tc", lagged(model.spend, model.lags), geometric_weights(model.decay, model.lags))
    curve = saturate(stocked, model.half_saturation, model.saturation)
    inflation = variance_inflation(np.column_stack([curve, model.controls[:, 1:]]))[: len(model.channels)]
    low, high = np.quantile(curve, [0.05, 0.95], axis=0)
    error = np.sqrt(np.diag(model.covariance))
    n = len(model.channels)
    frame = pd.DataFrame(
        {
            "vif": inflation,
            "spend_variation": model.spend.std(axis=0) / model.spend.mean(axis=0),
            "saturation_low": low,
            "saturation_high": high,
            "decay": model.decay,
            "decay_error": error[:n] * model.decay * (1 - model.decay),
            "half_error": error[n : 2 * n],
            "size_error": error[2 * n :],
        },
        index=pd.Index(model.channels, name="channel"),
    )
    weak = [
        np.where(frame["vif"] > 5, "moves with other columns; ", ""),
        np.where(frame["spend_variation"] < 0.2, "spend hardly varied; ", ""),
        np.where(frame["saturation_high"] - frame["saturation_low"] < 0.15, "little of the curve was seen; ", ""),
        np.where(frame["size_error"] > 0.7, "effect mostly from the prior; ", ""),
    ]
    verdict = pd.Series(np.sum(np.array(weak, dtype=object), axis=0), index=frame.index).str.removesuffix("; ")
    return frame.assign(verdict=verdict.replace("", "identified"))


def profile_likelihood(
    spend: pd.DataFrame,
    sales: pd.Series,
    controls: pd.DataFrame | None,
    channel: str,
    *,
    parameter: str = "decay",
    grid: np.ndarray | None = None,
    **settings: object,
) -> pd.DataFrame:
    """Log likelihood (highest = 0) when one parameter of a channel is held at each value of `grid`, the rest refitted.

    A flat line says that the data do not tell. `parameter`: `decay`, or `half_saturation` over mean spend.
    Columns: value, log_likelihood.
    """
    default = np.array([0.05, 0.2, 0.35, 0.5, 0.65, 0.8]) if parameter == "decay" else np.geomspace(0.3, 5, 6)
    values = default if grid is None else np.asarray(grid, dtype=float)
    found = []
    for value in values:
        model = fit(spend, sales, controls, held=(channel, parameter, float(value)), **settings)
        residual = model.sales - model.fitted
        white = residual[1:] - model.autocorrelation * residual[:-1]
        found.append(-0.5 * len(white) * np.log(white @ white / len(white)))
    return pd.DataFrame({"value": values, "log_likelihood": np.array(found) - max(found)})


def supported(profile: pd.DataFrame, *, level: float = 0.9) -> tuple[float, float]:
    """Smallest and largest value of a profile that the likelihood ratio does not reject at `level` (Wilks, 1938)."""
    from scipy.special import ndtri

    near = profile[profile["log_likelihood"] >= -(float(ndtri(0.5 + level / 2)) ** 2) / 2]
    return float(near["value"].min()), float(near["value"].max())


def control_effects(model: MixFit, *, level: float = 0.9, draws: int = 200, rng: np.random.Generator) -> pd.DataFrame:
    """Effect of each control on sales a period, as a share of mean sales a unit of the control, with intervals.

    Draws of the media's parameters carry their uncertainty over; each adds the noise of the regression. For a control
    in logs (price) the effect is an elasticity of sales. Columns: effect, effect_low, effect_high; index control.
    """
    problem = Problem(
        model.spend, model.sales, model.controls, model.lags, model.saturation, model.priors, None, model.sigma,
        model.autocorrelation,
    )  # fmt: skip
    thetas = draw(model, draws, rng)
    made = np.array([problem.coefficient(theta) for theta in thetas])
    spread = np.linalg.pinv(problem.white_z.T @ problem.white_z) * model.sigma**2
    value, vector = np.linalg.eigh(spread)
    made += rng.standard_normal(made.shape) @ (vector * np.sqrt(np.clip(value, 0.0, None))).T
    mean = model.sales.mean()
    low, high = np.quantile(made, [(1 - level) / 2, (1 + level) / 2], axis=0) / mean
    names = pd.Index(model.control_names, name="control")
    return pd.DataFrame({"effect": model.coefficient / mean, "effect_low": low, "effect_high": high}, index=names)
