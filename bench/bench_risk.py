"""Risk functions beside general packages and plain loops: same process, same inputs, ratio of CPU seconds.

Run: python bench/bench_risk.py
"""

import resource
import time

import numpy as np
import pandas as pd
from crossborder.risk import backtests, control_charts, currency_options, regimes, value_at_risk, volatility
from crossborder.risk import frequency_severity as losses


def timed(call, repeat: int = 3) -> float:
    """The best of a few runs, CPU seconds of this process."""
    best = np.inf
    for _ in range(repeat):
        began = time.process_time()
        call()
        best = min(best, time.process_time() - began)
    return best


def returns(days: int = 4_000) -> pd.Series:
    """A GARCH path with Student t noise, fractions a day."""
    rng, variance, path = np.random.default_rng(1), 4e-5, np.empty(days)
    for day, noise in enumerate(rng.standard_t(6, days) * np.sqrt(4 / 6)):
        path[day] = np.sqrt(variance) * noise
        variance = 1e-6 + 0.06 * path[day] ** 2 + 0.915 * variance
    return pd.Series(path, pd.bdate_range("2008-01-01", periods=days))


def garch() -> tuple[str, float, float]:
    """GARCH(1,1) with Student t: the package `arch` against our fit, the same likelihood."""
    from arch import arch_model

    path = returns()
    model = arch_model(100 * path, mean="Constant", vol="GARCH", p=1, q=1, dist="t", rescale=False)
    return (
        "GARCH(1,1)-t, 4,000 days, against arch",
        timed(lambda: model.fit(disp="off")),
        timed(lambda: volatility.fit_garch(path, "t")),
    )


def markov() -> tuple[str, float, float]:
    """Two volatility states: statsmodels' smoother once against our whole fit of 60 rounds."""
    from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

    path = returns(2_000)
    model = MarkovRegression(100 * path.to_numpy(), k_regimes=2, trend="n", switching_variance=True)
    fit = timed(lambda: model.fit(disp=False), 1)
    return "two volatility states, 2,000 days, against statsmodels", fit, timed(lambda: regimes.fit_regimes(path))


def rolling() -> tuple[str, float, float]:
    """Historical simulation on every day: a loop of numpy quantiles against one partition."""
    path = returns().to_numpy()

    def loop() -> None:
        for day in range(500, len(path)):
            value_at_risk.historical_es(path[day - 500 : day], 0.99)

    return (
        "rolling value at risk and shortfall, 500 days",
        timed(loop, 1),
        timed(lambda: value_at_risk.rolling_historical(path, 0.99, 500)),
    )


def options() -> tuple[str, float, float]:
    """Ten thousand currency options: QuantLib one by one against arrays."""
    import QuantLib

    rng = np.random.default_rng(2)
    strikes = rng.uniform(0.8, 1.2, 10_000)
    today = QuantLib.Date(2, 1, 2026)
    QuantLib.Settings.instance().evaluationDate = today
    count = QuantLib.Actual365Fixed()
    curves = [QuantLib.YieldTermStructureHandle(QuantLib.FlatForward(today, r, count)) for r in (0.04, 0.02)]
    smile = QuantLib.BlackVolTermStructureHandle(QuantLib.BlackConstantVol(today, QuantLib.NullCalendar(), 0.1, count))
    process = QuantLib.GarmanKohlagenProcess(
        QuantLib.QuoteHandle(QuantLib.SimpleQuote(1.0)), curves[1], curves[0], smile
    )
    engine = QuantLib.AnalyticEuropeanEngine(process)

    def one_by_one() -> None:
        for strike in strikes.tolist():
            option = QuantLib.VanillaOption(
                QuantLib.PlainVanillaPayoff(QuantLib.Option.Call, strike), QuantLib.EuropeanExercise(today + 365)
            )
            option.setPricingEngine(engine)
            option.NPV()

    ours = timed(
        lambda: currency_options.garman_kohlhagen(1.0, strikes, 1.0, home_rate=0.04, foreign_rate=0.02, volatility=0.1)
    )
    return "10,000 currency options, against QuantLib", timed(one_by_one), ours


def run_length() -> tuple[str, float, float]:
    """Run length of a CUSUM in control: 2,000 simulated paths against the integral equation."""

    def simulated() -> None:
        rng, up, alive = np.random.default_rng(3), np.zeros(2_000), np.ones(2_000, bool)
        for _ in range(4_000):
            up = np.maximum(0, up + rng.standard_normal(2_000) - 0.5)
            alive &= up <= 4
            if not alive.any():
                break

    return (
        "CUSUM run length, against simulation",
        timed(simulated, 1),
        timed(lambda: control_charts.cusum_run_length(0, reference=0.5, limit=4, sides=1)),
    )


def large() -> str:
    """A million years of 25 joined risks: seconds, peak memory, and the gap of the mean in standard errors."""
    rng = np.random.default_rng(4)
    risks = pd.DataFrame(
        {
            "kind": rng.choice(list("abcd"), 25),
            "frequency_year": rng.uniform(0.02, 1.5, 25),
            "severity_median_usd": rng.lognormal(11, 1, 25),
            "severity_log_sd": rng.uniform(0.4, 1.3, 25),
        }
    )
    joint = losses.kind_correlation(risks["kind"])
    began, cpu = time.perf_counter(), time.process_time()
    found = losses.simulate(risks, 1_000_000, correlation=joint, rng=rng)
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    gap = (found.total.mean() - losses.expected_loss(risks).sum()) / (found.total.std() / 1e3)
    return (
        f"1,000,000 years x 25 risks: {wall:.1f} s wall, {used:.1f} s CPU, {peak:.0f} MB peak of the process, "
        f"mean {gap:+.1f} standard errors from the exact one"
    )


def null() -> str:
    """The simulated yardstick of the back-tests: 4,000 series of 2,816 days."""
    seconds = timed(lambda: backtests.null_distribution(2816, 0.01, rng=np.random.default_rng(5)), 1)
    return f"simulated yardstick of the back-tests, 4,000 x 2,816 days: {seconds:.2f} s CPU"


if __name__ == "__main__":
    print(large())
    print(null())
    for name, theirs, ours in (garch(), markov(), rolling(), options(), run_length()):
        print(f"{name}: {theirs:.3f} s, ours {ours:.4f} s, ratio {theirs / ours:.0f}")
