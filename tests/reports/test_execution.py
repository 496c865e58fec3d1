"""What several runs want alike is executed once; the rest of the executing is tested with runs and sweeps."""

from crossborder.reports import execution, planning
from crossborder.reports.planning import Folders, Request
from crossborder.reports.worker import Outcome

from tests.notebooks import throwaway


def test_runs_share_what_has_the_same_key_and_only_that(tmp_path):
    there = Folders(tmp_path / "notebooks", tmp_path / "reports", tmp_path / "cache")
    throwaway.save(there.notebooks / "11_market.ipynb", ["market"], 'market: str = "DE"  # code')
    throwaway.save(there.notebooks / "12_all.ipynb", ["1"], "level: float = 0.9  # share")
    states = []
    for market in ("DE", "US"):
        request = Request(parameters={"market": market}, name=market)
        states.append(execution.State(request, there, market, planning.plan(request, there)))
    wanted = {name: [state.name for state, _ in users] for (name, _), users in execution.distinct(states).items()}
    assert len(execution.distinct(states)) == 3 and wanted["12_all"] == ["DE", "US"]
    labels = []

    class Recorder:
        def run(self, jobs, after, tell, seconds):
            for job in jobs:
                labels.append(job.label)
                yield Outcome(job.notebook, "failed", 1.0, {"kind": "X", "text": "y"}, label=job.label)

    execution.execute(states, Recorder(), tmp_path, lambda outcome: None)
    assert sorted(labels) == ["DE/11_market", "DE/12_all", "US/11_market"]
    assert all(state.outcomes["12_all"].status == "failed" and not state.to_run for state in states)
