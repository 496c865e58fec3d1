import subprocess
import sys

from crossborder.reports import nursery


def test_a_process_with_a_second_thread_is_not_forked(tmp_path):
    (tmp_path / "threaded.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    )
    ended = subprocess.run(
        [sys.executable, "-m", "crossborder.reports.nursery", str(tmp_path / "s"), "threaded"],
        cwd=tmp_path, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert ended.returncode == 1 and "not forking: an import has started a thread" in ended.stderr
    assert not (tmp_path / "s").exists()


def test_the_stack_is_what_is_installed():
    import importlib.util

    assert [name for name in nursery.STACK if importlib.util.find_spec(name) is None] == []
