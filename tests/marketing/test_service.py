"""Service: queue identities, scores, staffing."""

import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import service


def test_queue_formula_equals_a_simulation():
    rng = np.random.default_rng(0)
    arrive = rng.exponential(1 / 8.0, 60_000).cumsum()
    serve = rng.exponential(1.0, 60_000)
    free, waits = np.zeros(10), np.empty(60_000)
    for i, (at, length) in enumerate(zip(arrive, serve, strict=True)):
        agent = free.argmin()
        begin = max(at, free[agent])
        waits[i] = begin - at
        free[agent] = begin + length
    assert service.erlang_c(10, 8.0) == pytest.approx((waits > 0).mean(), abs=0.02)


def test_more_agents_never_wait_longer():
    levels = service.service_level(np.arange(5, 20), 120, 2.0, 0.5)
    assert (np.diff(levels) >= 0).all()


def test_interval_of_the_score_covers():
    rng = np.random.default_rng(1)
    held = []
    for _ in range(200):
        found = service.net_promoter_score(rng.choice([10, 8, 3], 300, p=[0.5, 0.3, 0.2]), level=0.9)
        held.append(found["low"] <= 30 <= found["high"])
    assert np.mean(held) == pytest.approx(0.9, abs=0.07)


def test_stages_bots_and_staff_from_tickets():
    opened = pd.date_range("2025-01-01", periods=200, freq="h", tz="UTC")
    tickets = pd.DataFrame(
        {
            "opened_at": opened,
            "first_reply_at": opened + pd.Timedelta(minutes=5),
            "solved_at": opened + pd.Timedelta(hours=2),
            "stage": ["discover", "buy", "receive", "use"] * 50,
            "reason": ["a", "b"] * 100,
            "by_bot": [True, False] * 100,
            "satisfaction": [5, 5, 1, 4] * 50,
            "handling_minutes": 6.0,
        }
    )
    stages = service.stage_index(tickets, 1000)
    assert stages.index[stages["weakest"]].to_list() == ["receive"]
    bots = service.bot_share(tickets, agent_cost_hour=10.0)
    assert bots.loc["a", "bot_share"] == 1.0 and bots.loc["a", "saved_usd"] == pytest.approx(100.0)
    assert (service.staffing(tickets, within_minutes=10.0)["service_level"] >= 0.8).all()
