"""Forecasts against published examples and numbers of statsforecast 2.1.1 and statsmodels 0.15.0."""

import numpy as np
import pytest
from crossborder.supply import accuracy, intermittent, smoothing

RARE = np.array([0, 2, 0, 1, 0, 0, 0, 3, 0, 0, 1, 2, 0, 0, 0, 0, 4, 0, 1, 0, 0, 2, 0, 0, 3, 0], float)
# Airline passengers of 1949 to 1951 (G. E. P. Box and G. M. Jenkins, Time Series Analysis, 1970, series G).
AIR = np.array(
    [112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149, 170, 170, 158, 133, 114,
     140, 145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166], float
)  # fmt: skip


class TestIntermittent:
    Y = (1, 0, 4, 0, 1)  # github.com/marcoscattolin/IntermittentDemandForecasting, data.xlsx, sheet Croston-TSB

    def test_croston(self):
        fit = intermittent.croston([self.Y], 0.1, 0.1)
        got = float(fit.size[0]), float(fit.occurrence[0]), float(fit.rate[0])
        assert got == pytest.approx((1.27, 1.19, 1.0672268907563025))

    def test_tsb(self):
        fit = intermittent.tsb([self.Y], 0.1, 0.1)
        got = float(fit.size[0]), float(fit.occurrence[0]), float(fit.rate[0])
        assert got == pytest.approx((1.27, 0.8371, 1.063117))

    @pytest.mark.parametrize(
        ("fit", "expected"),
        [
            (lambda y: intermittent.croston(y), 0.84158927),  # CrostonClassic()
            (lambda y: intermittent.croston(y, variant="sba"), 0.7995098),  # CrostonSBA()
            (lambda y: intermittent.tsb(y, 0.1, 0.2, initial="first"), 0.7020615),  # TSB(0.1, 0.2)
        ],
        ids=["croston", "sba", "tsb"],
    )
    def test_statsforecast(self, fit, expected):
        assert float(fit([RARE]).rate[0]) == pytest.approx(expected, rel=1e-6)

    def test_sbj_factor(self):  # 1 - beta / (2 - beta): Shale, Boylan and Johnston, JORS 57, 2006
        ratio = intermittent.croston([RARE], 0.2, variant="sbj").rate / intermittent.croston([RARE], 0.2).rate
        assert float(ratio[0]) == pytest.approx(1 - 0.2 / 1.8)


class TestSmoothing:
    @pytest.mark.parametrize(
        ("y", "alpha", "expected"),
        [(RARE, 0.1, 0.74118997), (RARE, 0.3, 0.85438204), (AIR, 0.5, 163.27444841)],
        ids=["rare 0.1", "rare 0.3", "airline"],
    )
    def test_simple(self, y, alpha, expected):  # statsforecast SimpleExponentialSmoothing(alpha)
        assert float(smoothing.simple([y], alpha).forecast(1)[0, 0]) == pytest.approx(expected, rel=1e-8)

    def test_holt(self):  # statsmodels Holt, known initial values, smoothing_level .8, smoothing_trend .2
        got = smoothing.holt([AIR], 0.8, 0.2, initial=(112.0, 6.0)).forecast(5)[0]
        assert got == pytest.approx([160.19982928, 158.58642872, 156.97302816, 155.35962761, 153.74622705])

    def test_damped(self):  # the same with damping_trend .9
        got = smoothing.holt([AIR], 0.8, 0.2, 0.9, initial=(112.0, 6.0)).forecast(5)[0]
        assert got == pytest.approx([160.16544974, 158.76656467, 157.50756812, 156.37447121, 155.354684])

    # statsmodels ExponentialSmoothing(.3, .1, .2). Its 12th step takes the season of two years before instead of the
    # last one (the last update is overwritten), so that step is not compared.
    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("additive", [167.12652762, 174.21710075, 191.84680578, 185.93470885, 182.33526854, 196.76504195,
                          213.58349791, 213.89585745, 201.95410509, 183.81673358, 169.95273739, 188.10091686]),
            ("multiplicative", [163.95144741, 173.15992547, 196.61827634, 189.08229669, 182.86430497, 203.37297247,
                                226.78998806, 227.82704422, 211.26751834, 185.10371318, 163.65836153, 185.54487279]),
        ],
    )  # fmt: skip
    def test_holt_winters(self, kind, expected):
        got = np.delete(smoothing.holt_winters([AIR], 12, 0.3, 0.1, 0.2, kind).forecast(13)[0], 11)
        assert got == pytest.approx(expected)

    def test_batch_equals_a_plain_loop(self):
        rng = np.random.default_rng(5)
        y = rng.gamma(2, 3, (4, 30))
        got = smoothing.simple(y, 0.3).fitted
        for row, series in enumerate(y):
            level = series[0]
            for t, value in enumerate(series):
                assert got[row, t] == pytest.approx(level)
                level = level + 0.3 * (value - level)

    def test_seasonal_naive(self):
        got = smoothing.seasonal_naive([AIR], 12, 13)[0]
        assert got.tolist() == [145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166, 145]


class TestAccuracy:
    # R. J. Hyndman and G. Athanasopoulos, fpp3: definitions; the numbers are done by hand on five points.
    ACTUAL, FORECAST = np.array([[10.0, 12, 9, 14, 15]]), np.array([[11.0, 11, 11, 13, 18]])
    HISTORY = np.array([[8.0, 10, 9, 12]])  # naive errors 2, 1, 3: mean 2

    def test_wape_and_bias(self):
        assert accuracy.wape(self.ACTUAL, self.FORECAST) == pytest.approx(8 / 60)
        assert accuracy.bias(self.ACTUAL, self.FORECAST) == pytest.approx(4 / 60)

    def test_mase(self):
        assert float(accuracy.mase(self.ACTUAL, self.FORECAST, self.HISTORY)[0]) == pytest.approx((8 / 5) / 2)

    def test_rmsse(self):
        expected = np.sqrt(((1 + 1 + 4 + 1 + 9) / 5) / ((4 + 1 + 9) / 3))
        assert float(accuracy.rmsse(self.ACTUAL, self.FORECAST, self.HISTORY)[0]) == pytest.approx(expected)
