import signal

from crossborder.reports.pool import Pool
from crossborder.reports.worker import Job

from tests.notebooks import throwaway


def job(place, name, source):
    path = throwaway.save(place / f"{name}.ipynb", [source])
    return Job(name, str(path), {}, str(place / "out" / name), str(place), 60)


def test_a_worker_that_is_killed_fails_its_notebook_and_no_other(tmp_path):
    # The notebook kills the process that runs it: the parent of its kernel.
    murder = f"import os, signal; os.kill(os.getppid(), signal.{signal.SIGKILL.name})"
    jobs = [job(tmp_path, "11_murder", murder), job(tmp_path, "12_fine", "1"), job(tmp_path, "13_last", "2")]
    heard = []
    with Pool(1, tmp_path / "log") as pool:
        after = {"12_fine": ("13_last",)}
        for outcome in pool.run(jobs, after, lambda *words: heard.append(words), 120):
            heard.append((outcome.notebook, outcome.status, outcome.error.get("kind")))
    ended = [words for words in heard if isinstance(words[1], str)]
    assert ended == [("11_murder", "failed", "WorkerEnded"), ("13_last", "ok", None), ("12_fine", "ok", None)]
    assert ("13_last", 1, 3) in heard
