import io

from crossborder.reports import progress
from crossborder.reports.worker import Outcome

FAILED = Outcome("12_growth", "failed", 2.0, {"kind": "ValueError", "text": "boom\nmore"})


def told(stream):
    listener, screen = progress.listener(stream)
    listener.planned(3, 2)
    listener.cell("11_size", 4, 9)
    listener.ended(Outcome("11_size", "ok", 1.24))
    listener.ended(FAILED)
    screen.close()
    return stream.getvalue()


def test_a_log_gets_a_line_a_notebook():
    assert told(io.StringIO()).splitlines() == [
        "3 notebooks, 2 to run, 1 unchanged or skipped",
        "[1/2] ✓ 11_size 1.2 s",
        "[2/2] ✕ 12_growth 2.0 s ValueError: boom",
    ]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_gets_the_same_lines_and_what_runs_now():
    text = told(Terminal())
    assert "[1/2] ✓ 11_size 1.2 s" in text and "ValueError: boom" in text


def test_a_run_in_chinese_is_told_in_chinese():
    stream = io.StringIO()
    listener, _ = progress.listener(stream, "zh")
    listener.planned(3, 2)
    assert stream.getvalue() == "共 3 个笔记本，需运行 2 个，其余 1 个未变或跳过\n"
