"""Indicators, incidents, risks, objectives, assumptions, tests of controls and trade marks."""

from crossborder.company.tables.contract import (
    Table,
    choice,
    date,
    integer,
    market,
    money,
    number,
    share,
    text,
)

__all__ = ["TABLES"]

INDICATORS = Table(
    "indicators",
    "a weekly indicator",
    (
        date("week", "Monday of the week"),
        text("name", "indicator"),
        text("unit", "unit"),
        choice("bad_side", "high low both", "which side is bad"),
        number("value", "the indicator's unit", "value", nullable=True),
        text("watches", "kinds of incident that it is watched for, apart by |", nullable=True, required=False),
    ),
    key=("week", "name"),
    dated_by="week",
)

INCIDENTS = Table(
    "incidents",
    "a thing that went wrong",
    (
        text("incident_id", "incident"),
        text("kind", "kind"),
        date("started_on", "start"),
        date("ended_on", "end; missing while it lasts", nullable=True),
        date("noticed_on", "when we noticed", nullable=True),
        market(nullable=True),
        money("loss_usd", "loss"),
        text("cause", "root cause", nullable=True),
    ),
    key=("incident_id",),
    dated_by="started_on",
)

RISKS = Table(
    "risks",
    "a risk of the register",
    (
        text("risk_id", "risk"),
        text("name", "name"),
        choice("kind", "strategic operational financial compliance", "kind"),
        text("phase", "phase of the business in which it can strike"),
        integer("probability_score", "points", "1 rare to 5 frequent", low=1, high=5),
        integer("impact_score", "points", "1 small to 5 ruinous", low=1, high=5),
        integer("controllability_score", "points", "1 in our hands to 5 out of them", low=1, high=5),
        number("frequency_year", "events a year", "expected events", low=0),
        money("severity_median_usd", "median loss of an event"),
        number("severity_log_sd", "log units", "spread of the loss (lognormal)", low=0),
        text("treatment", "avoid, reduce, transfer or accept"),
        money("treatment_cost_usd", "yearly cost of the treatment"),
        share("treatment_effect", "share of the expected loss that the treatment avoids"),
        text("owner", "function that owns it"),
    ),
    key=("risk_id",),
)

RISK_LOSSES = Table(
    "risk_losses",
    "a realised loss",
    (
        text("loss_id", "loss"),
        date("date", "day"),
        text("risk_id", "risk", refers_to="risks.risk_id"),
        money("loss_usd", "loss"),
    ),
    key=("loss_id",),
    dated_by="date",
)

OBJECTIVES = Table(
    "objectives",
    "a key result",
    (
        text("objective_id", "key result"),
        choice("perspective", "finance customer operations innovation", "side of the scorecard"),
        text("name", "name"),
        text("unit", "unit"),
        date("start_on", "start"),
        date("due_on", "due"),
        number("start_value", "the key result's unit", "value at the start"),
        number("target_value", "the key result's unit", "target"),
        number("current_value", "the key result's unit", "value today"),
        share("weight", "weight in the scorecard"),
    ),
    key=("objective_id",),
)

MILESTONES = Table(
    "milestones",
    "a step of a plan",
    (
        text("milestone_id", "milestone"),
        text("plan", "plan"),
        text("phase", "phase"),
        text("name", "name"),
        date("planned_start", "planned start"),
        date("planned_end", "planned end"),
        date("actual_end", "done on; missing while open", nullable=True),
        share("progress", "share done"),
        money("planned_cost_usd", "planned cost"),
        money("actual_cost_usd", "cost so far"),
        text("depends_on", "milestones it waits for, apart by |", nullable=True),
    ),
    key=("milestone_id",),
)

ASSUMPTIONS = Table(
    "assumptions",
    "an assumption",
    (
        text("name", "name, as area.thing.measure"),
        number("low", "its unit", "low value (5 %)"),
        number("base", "its unit", "base value"),
        number("high", "its unit", "high value (95 %)"),
        text("unit", "unit"),
        text("source", "where it comes from"),
        date("as_of", "day on which it was true"),
        choice("confidence", "A B C D", "A measured or official to D placeholder"),
    ),
    key=("name",),
)

CONTROL_TESTS = Table(
    "control_tests",
    "a test of a control or a drill",
    (
        text("test_id", "test"),
        date("date", "day"),
        choice("kind", "access screening content fraud audit drill restore", "what the control guards"),
        text("control", "name of the control or of the drilled case"),
        choice("layer", "policy process technology", "layer of the compliance programme"),
        integer("line", "line", "line of defence: 1 the work itself, 2 oversight, 3 audit", low=1, high=3),
        integer("cases_bad", "cases", "cases that the control should stop", low=0, nullable=True),
        integer("bad_stopped", "cases", "of them stopped", low=0, nullable=True),
        integer("cases_good", "cases", "cases that it should let pass", low=0, nullable=True),
        integer("good_stopped", "cases", "of them stopped by mistake", low=0, nullable=True),
        number("took_hours", "hours", "time that the drill or the restore took", low=0, nullable=True),
        number("target_hours", "hours", "time that it may take", low=0, nullable=True),
        money("value_usd", "loss that one bad case makes when it is not stopped", nullable=True),
    ),
    key=("test_id",),
    dated_by="date",
)

TRADE_MARKS = Table(
    "trade_marks",
    "a trade mark applied for or registered in a market",
    (
        text("mark_id", "application or registration"),
        text("mark", "the sign"),
        market(),
        integer("nice_class", "class", "class of goods of the Nice agreement", low=1, high=45),
        date("applied_on", "day of the application"),
        date("registered_on", "day of the registration; missing while it is pending", nullable=True),
        date("expires_on", "last day of the protection", nullable=True),
    ),
    key=("mark_id",),
    dated_by="applied_on",
)

TABLES = (
    INDICATORS,
    INCIDENTS,
    RISKS,
    RISK_LOSSES,
    OBJECTIVES,
    MILESTONES,
    ASSUMPTIONS,
    CONTROL_TESTS,
    TRADE_MARKS,
)
