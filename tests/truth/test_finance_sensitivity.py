"""Sobol indices of the Ishigami function against its closed form."""

import numpy as np
import pytest
from crossborder.finance.sensitivity import sobol
from crossborder.finance.simulation import Driver


class Uniform(Driver):
    """A uniform driver, for functions whose published indices are on uniform inputs."""

    def at(self, normals):
        from scipy.special import ndtr

        return self.low + (self.high - self.low) * ndtr(normals)


def ishigami(x, a=7.0, b=0.1):
    return np.sin(x["x1"]) + a * np.sin(x["x2"]) ** 2 + b * x["x3"] ** 4 * np.sin(x["x1"])


def test_ishigami():
    """Ishigami and Homma (1990), a = 7, b = 0.1; Saltelli et al. (2008): S1 .3139 .4424 0, ST .5576 .4424 .2437."""
    drivers = [Uniform(f"x{i}", -np.pi, 0.0, np.pi) for i in (1, 2, 3)]
    table = (
        sobol(drivers, ishigami, size=16384, rng=np.random.default_rng(1)).set_index("driver").loc[["x1", "x2", "x3"]]
    )
    np.testing.assert_allclose(table["first_order"], [0.3139, 0.4424, 0.0], atol=0.01)
    np.testing.assert_allclose(table["total"], [0.5576, 0.4424, 0.2437], atol=0.01)
    assert (table["total_low"] <= table["total"]).all() and (table["total"] <= table["total_high"]).all()


def test_a_group_explains_what_its_members_explain_together():
    """x1 and x3 act together only: as a group their first order is all that x2 leaves (closed form .5576)."""
    drivers = [Uniform(f"x{i}", -np.pi, 0.0, np.pi) for i in (1, 2, 3)]
    groups = {"x1 and x3": ["x1", "x3"], "x2": ["x2"]}
    table = sobol(drivers, ishigami, groups=groups, size=16384, rng=np.random.default_rng(2)).set_index("driver")
    assert table.loc["x1 and x3", "first_order"] == pytest.approx(0.5576, abs=0.01)
    assert table.loc["x1 and x3", "total"] == pytest.approx(0.5576, abs=0.01)
