"""Rates of controls, drills, backups and marks from tested cases."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import control_tests
from crossborder.risk.event_rates import beta_share

DAY = pd.Timestamp("2026-10-31")


def cases_of(*rows) -> pd.DataFrame:
    columns = ["date", "kind", "control", "layer", "line", "cases_bad", "bad_stopped", "cases_good", "good_stopped",
               "value_usd"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(date=pd.to_datetime(frame["date"]), took_hours=np.nan, target_hours=np.nan)


PAIR = cases_of(
    ("2026-05-01", "fraud", "own", "technology", 1, 100, 60, 400, 8, 50.0),
    ("2026-06-01", "fraud", "shared", "policy", 2, 100, 50, 400, 4, 50.0),
    ("2026-06-01", "audit", "files", "process", 3, 40, 30, 90, 0, 500.0),
    ("2025-05-01", "fraud", "own", "technology", 1, 100, 40, 400, 8, 50.0),
    ("2025-05-01", "fraud", "shared", "policy", 2, 100, 50, 400, 8, 50.0),
    ("2025-05-01", "audit", "files", "process", 3, 40, 20, 90, 0, 500.0),
)


def test_share_interval_is_the_scalar_one_for_arrays():
    share, low, high = control_tests.share_interval([0, 3, 10], [10, 10, 10])
    for i, hits in enumerate((0, 3, 10)):
        one = beta_share(hits, 10)
        assert (share[i], low[i], high[i]) == pytest.approx((hits / 10, one.low, one.high))
    with pytest.raises(InputError, match="hits"):
        control_tests.share_interval([3], [2])
    with pytest.raises(InputError, match="level"):
        control_tests.share_interval([1], [2], 1.0)
    assert np.isnan(control_tests.share_interval([0], [0])[0][0])


def test_controls_count_the_last_year_only():
    table = control_tests.controls(PAIR, DAY).set_index("control")
    assert table.loc["own", "caught"] == 0.6
    assert table.loc["own", "saved_usd"] == pytest.approx(3000)
    assert table.loc["own", "missed_usd"] == pytest.approx(2000)
    assert table.loc["own", "residual"] == pytest.approx(40 / (40 + 392))
    assert (table["caught_low"] < table["caught"]).all() and (table["caught"] < table["caught_high"]).all()
    assert (table["missed_low"] < table["missed_usd"]).all() and (table["missed_usd"] < table["missed_high"]).all()
    assert table.index[0] == "files", "the costliest miss comes first"
    with pytest.raises(Refusal, match="no tested case"):
        control_tests.controls(PAIR, pd.Timestamp("2020-01-01"))


def test_two_controls_together_stop_what_either_stops():
    table = control_tests.joint_defence(PAIR, DAY, rng=np.random.default_rng(1)).set_index("control")
    assert table.loc["together", "caught"] == pytest.approx(1 - 0.4 * 0.5)
    assert table.loc["together", "low"] < 0.8 < table.loc["together", "high"]
    assert table.loc["together", "wrong"] > table.loc["own", "wrong"]
    with pytest.raises(InputError, match="kind"):
        control_tests.joint_defence(PAIR, DAY, kind="none", rng=np.random.default_rng(1))


def test_three_lines_let_pass_the_product_of_their_gaps():
    lines, (through, low, high) = control_tests.defence(PAIR, DAY, rng=np.random.default_rng(1))
    assert through == pytest.approx(0.4 * 0.5 * 0.25)
    assert low < through < high
    assert lines["name"].tolist() == ["the work itself", "oversight", "audit"]


def test_maturity_is_half_the_weakest_layer_and_its_gain_is_measured():
    layers, found = control_tests.maturity_path(PAIR, DAY, target=4.5, rng=np.random.default_rng(1))
    assert layers.set_index("layer")["score"].to_dict() == pytest.approx(
        {"policy": 2.5, "process": 3.75, "technology": 3.0}
    )
    assert found["score"] == pytest.approx(0.5 * 2.5 + 0.5 * (2.5 + 3.75 + 3.0) / 3)
    before = 0.5 * 2.0 + 0.5 * (2.5 + 2.5 + 2.0) / 3
    assert found["years"] == pytest.approx((4.5 - found["score"]) / (found["score"] - before))
    with pytest.raises(Refusal, match="path of maturity"):
        control_tests.maturity_path(PAIR.drop(index=4), DAY, rng=np.random.default_rng(1))


def test_drills_are_covered_when_nine_in_ten_meet_the_clock_and_backups_are_close():
    drills = pd.DataFrame(
        {
            "kind": ["drill"] * 4 + ["restore"] * 4,
            "control": ["ban"] * 4 + ["orders"] * 4,
            "took_hours": [10, 20, 30, 60, 2, 3, 4, 5],
            "target_hours": [24.0] * 4 + [8.0] * 4,
        }
    )
    table = control_tests.drills(drills, rpo_hours=4, backup_hours=6).set_index("control")
    assert table.loc["ban", "within"] == 0.5 and table.loc["ban", "score"] == pytest.approx((1 + 1 + 0.75 + 0) / 4)
    assert not table.loc["ban", "covered"] and not table.loc["orders", "covered"]
    closer = control_tests.drills(drills, rpo_hours=4, backup_hours=4).set_index("control")
    assert closer.loc["orders", "covered"]
    with pytest.raises(Refusal, match="drill score"):
        control_tests.drills(drills.assign(took_hours=np.nan), rpo_hours=4, backup_hours=6)


def test_orders_lost_between_backups_grow_with_the_interval():
    hourly, rng = np.full(1000, 10.0), np.random.default_rng(3)
    short = control_tests.lost_between_backups(hourly, 4, rng=rng)
    long = control_tests.lost_between_backups(hourly, 24, rng=rng)
    assert short["worst_orders"] == 40 and long["worst_orders"] == 240
    assert short["mean_orders"] == pytest.approx(20, rel=0.1)
    assert long["low"] <= long["mean_orders"] <= long["high"]
    with pytest.raises(InputError, match="backup_hours"):
        control_tests.lost_between_backups(hourly, 0, rng=rng)


def test_audit_fails_only_where_the_interval_lies_above_the_limit():
    suppliers = pd.DataFrame({"country": ["CN"] * 50 + ["VN"] * 50, "tax_ok": [True] * 50 + [True] * 25 + [False] * 25})
    verdict = control_tests.supplier_audit(suppliers).set_index("country")["verdict"]
    assert verdict.to_dict() == {"CN": "passes", "VN": "fails"}
    with pytest.raises(InputError, match="tax_ok"):
        control_tests.supplier_audit(suppliers[["country"]])


def test_marks_lack_what_is_pending_expired_or_missing():
    marks = pd.DataFrame(
        {
            "market": ["US", "US", "DE", "GB"],
            "nice_class": [20, 21, 20, 20],
            "registered_on": pd.to_datetime(["2022-01-01", "2022-01-01", None, "2022-01-01"]),
            "expires_on": pd.to_datetime(["2032-01-01", "2027-01-01", None, "2025-01-01"]),
        }
    )
    sales = pd.Series({"US": 100.0, "DE": 80.0, "GB": 60.0})
    table = control_tests.mark_cover(marks, sales, DAY).set_index("market")
    assert table["class 20"].to_dict() == {"US": "registered", "DE": "pending", "GB": "expired"}
    assert table.loc["US", "class 21"] == "ends soon" and table.loc["DE", "class 21"] == "missing"
    assert table["exposed_usd"].to_dict() == {"DE": 80.0, "GB": 60.0, "US": 0.0}
