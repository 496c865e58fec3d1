"""Customer service and satisfaction: NPS with interval, staffing for a service level, stages of the experience."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["bot_share", "erlang_c", "net_promoter_score", "service_level", "staff_needed", "staffing", "stage_index"]


def net_promoter_score(scores: np.ndarray | pd.Series, *, level: float = 0.9) -> pd.Series:
    """Share of 9 and 10 less share of 0 to 6, times 100, with the normal interval of a difference of two shares.

    Source: Reichheld (2003), Harvard Business Review; variance p + d - (p - d)^2 (Rocks 2016).

    >>> net_promoter_score(np.array([10, 9, 8, 3]))["score"].item()
    25.0
    """
    from scipy.special import ndtri

    values = np.asarray(scores, dtype=float)
    if len(values) == 0 or values.min() < 0 or values.max() > 10:
        raise InputError.out_of_range("scores", values[:3].tolist(), "whole numbers from 0 to 10, at least one")
    promoters, detractors = (values >= 9).mean(), (values <= 6).mean()
    spread = promoters + detractors - (promoters - detractors) ** 2
    half = float(ndtri(0.5 + level / 2)) * np.sqrt(spread / len(values)) * 100
    score = (promoters - detractors) * 100
    return pd.Series(
        {
            "score": float(score),
            "low": max(float(score - half), -100.0),
            "high": min(float(score + half), 100.0),
            "promoters": float(promoters),
            "detractors": float(detractors),
            "answers": len(values),
        }
    )


def erlang_c(agents: int | np.ndarray, load: float) -> np.ndarray:
    """Probability that a request waits, with `agents` and an offered `load` in erlangs (requests an hour times hours
    each).

    By the recursion of Erlang B, without factorials. 1 where the load is not below the agents.
    Source: Erlang (1917); Gross et al. (2008), Fundamentals of Queueing Theory, equation 2.33.

    >>> round(float(erlang_c(14, 10.0)), 3)
    0.174
    """
    wanted = np.atleast_1d(np.asarray(agents, dtype=int))
    if load < 0 or (wanted < 1).any():
        raise InputError.out_of_range("agents and load", (wanted.min().item(), load), "agents from 1, load 0 or more")
    blocked = np.ones(wanted.max() + 1)
    for n in range(1, len(blocked)):
        blocked[n] = load * blocked[n - 1] / (n + load * blocked[n - 1])
    lost = blocked[wanted]
    waits = np.where(load < wanted, wanted * lost / np.maximum(wanted - load * (1 - lost), 1e-300), 1.0)
    return waits if np.ndim(agents) else waits[0]


def service_level(
    agents: int | np.ndarray, requests_an_hour: float, handling_minutes: float, within_minutes: float
) -> np.ndarray:
    """Share of requests answered `within_minutes`: 1 - P(wait) * exp(-(agents - load) * within / handling)."""
    load = requests_an_hour * handling_minutes / 60
    spare = np.asarray(agents, dtype=float) - load
    share = 1 - erlang_c(agents, load) * np.exp(-np.maximum(spare, 0) * within_minutes / handling_minutes)
    return np.where(spare > 0, share, 0.0)


def staff_needed(
    requests_an_hour: float,
    handling_minutes: float,
    *,
    within_minutes: float,
    share: float = 0.8,
    shrinkage: float = 0.3,
) -> pd.Series:
    """Fewest agents at work for a service level, and on the payroll when `shrinkage` of paid time is not at work.

    Also the mean wait in minutes and the occupancy.
    """
    if not 0 < share < 1 or not 0 <= shrinkage < 1:
        raise InputError.out_of_range("share and shrinkage", (share, shrinkage), "between 0 and 1")
    load = requests_an_hour * handling_minutes / 60
    tried = np.arange(max(int(np.floor(load)), 0) + 1, int(load + 10 * np.sqrt(load + 1)) + 10)
    reached = service_level(tried, requests_an_hour, handling_minutes, within_minutes)
    agents = int(tried[np.argmax(reached >= share)])
    wait = float(erlang_c(agents, load)) * handling_minutes / (agents - load)
    return pd.Series(
        {
            "agents": agents,
            "payroll": int(np.ceil(agents / (1 - shrinkage))),
            "service_level": float(service_level(agents, requests_an_hour, handling_minutes, within_minutes)),
            "mean_wait_minutes": wait,
            "occupancy": load / agents,
            "load_erlangs": load,
        }
    )


def staffing(
    tickets: pd.DataFrame, *, within_minutes: float, share: float = 0.8, busiest: float = 0.95
) -> pd.DataFrame:
    """Agents needed by hour of day (UTC) for requests that a bot does not solve, at the `busiest` quantile of days.

    Columns: hour, requests (mean an hour), busy_requests, handling_minutes, agents, service_level.
    """
    people = tickets[~tickets["by_bot"].astype(bool)]
    opened = pd.to_datetime(people["opened_at"])
    handling = float(people["handling_minutes"].mean())
    counts = people.groupby([opened.dt.floor("D"), opened.dt.hour]).size()
    counts.index.names = ["day", "hour"]
    days = pd.date_range(opened.min().floor("D"), opened.max().floor("D"))
    whole = counts.unstack(fill_value=0).reindex(days, fill_value=0)  # noqa: PD010
    rows = []
    for hour in whole.columns:
        busy = max(float(whole[hour].quantile(busiest)), 1.0)
        need = staff_needed(busy, handling, within_minutes=within_minutes, share=share)
        rows.append((hour, float(whole[hour].mean()), busy, handling, int(need["agents"]), need["service_level"]))
    columns = ["hour", "requests", "busy_requests", "handling_minutes", "agents", "service_level"]
    return pd.DataFrame(rows, columns=columns)


def bot_share(tickets: pd.DataFrame, *, by: str = "reason", agent_cost_hour: float, level: float = 0.9) -> pd.DataFrame:
    """Requests, share solved by the bot (with interval), waiting times, and the agent time the bot saved, by `by`."""
    from crossborder.marketing.paths import wilson_interval

    first = (pd.to_datetime(tickets["first_reply_at"]) - pd.to_datetime(tickets["opened_at"])).dt.total_seconds() / 60
    solved = (pd.to_datetime(tickets["solved_at"]) - pd.to_datetime(tickets["opened_at"])).dt.total_seconds() / 3600
    frame = tickets.assign(first=first, solved=solved, bot=tickets["by_bot"].astype(float))
    made = frame.groupby(by).agg(
        requests=("bot", "size"),
        by_bot=("bot", "sum"),
        first_reply_minutes=("first", "median"),
        solved_hours=("solved", "median"),
        handling_minutes=("handling_minutes", "mean"),
        satisfaction=("satisfaction", "mean"),
    )
    low, high = wilson_interval(made["by_bot"].to_numpy(float), made["requests"].to_numpy(float), level)
    minutes = made["handling_minutes"].astype(float).fillna(float(frame["handling_minutes"].mean()))
    saved = made["by_bot"] * minutes / 60 * agent_cost_hour
    made = made.assign(bot_share=made["by_bot"] / made["requests"], bot_low=low, bot_high=high, saved_usd=saved)
    return made.sort_values("requests", ascending=False)


def stage_index(tickets: pd.DataFrame, orders: float, *, level: float = 0.9) -> pd.DataFrame:
    """Discover, buy, receive, use: satisfaction with interval and failures per 100 orders; the weakest stage is marked.

    index = (satisfaction - 1) / 4 * 100 - failures per 100 orders.
    """
    from scipy.special import ndtri

    z = float(ndtri(0.5 + level / 2))
    grouped = tickets.assign(satisfaction=tickets["satisfaction"].astype(float)).groupby("stage")
    made = grouped.agg(
        requests=("stage", "size"),
        answers=("satisfaction", "count"),
        satisfaction=("satisfaction", "mean"),
        spread=("satisfaction", "std"),
    )
    half = z * made["spread"] / np.sqrt(made["answers"].clip(lower=1))
    made = made.assign(
        low=made["satisfaction"] - half,
        high=made["satisfaction"] + half,
        failures_per_100=made["requests"] / orders * 100,
    )
    made["index"] = (made["satisfaction"] - 1) / 4 * 100 - made["failures_per_100"]
    made = made.reindex([name for name in ("discover", "buy", "receive", "use") if name in made.index])
    return made.drop(columns="spread").assign(weakest=made["index"] == made["index"].min())
