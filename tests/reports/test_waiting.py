"""A long cell says that it works, and what is saved of it is what it shows."""

import time

import nbformat
from crossborder.reports import waiting
from nbclient import NotebookClient

START = """
from crossborder.reports import waiting
import time
line = waiting.watch()
line.after, line.every = 0.2, 0.1
"""


class Publisher:
    def __init__(self):
        self.said = []

    def publish(self, data):
        self.said.append(data["text/plain"])

    def clear_output(self, wait=False):
        self.said.append("clear next" if wait else "clear")


def test_a_short_cell_gets_no_line():
    publisher = Publisher()
    line = waiting.Line(publisher, after=0.2, every=0.1)
    line.begin()
    line.end()
    time.sleep(0.3)
    assert publisher.said == []


def test_a_long_cell_gets_a_line_that_goes_with_it():
    publisher = Publisher()
    line = waiting.Line(publisher, after=0.05, every=0.05)
    line.begin()
    time.sleep(0.3)
    line.end()
    assert publisher.said[:2] == ["working, 0 s", "clear next"] and publisher.said[-1] == "clear"
    assert publisher.said.count("clear") == 1
    count = len(publisher.said)
    time.sleep(0.15)
    assert len(publisher.said) == count


def test_nothing_follows_what_the_cell_shows_itself():
    publisher = Publisher()
    line = waiting.Line(publisher, after=0.05, every=0.05)
    line.begin()
    time.sleep(0.12)
    assert line.hush("message") == "message"
    shown = list(publisher.said)
    time.sleep(0.15)
    line.end()
    assert publisher.said == shown and shown[-1] == "clear next"


def test_in_a_kernel_the_saved_outputs_are_those_of_the_cells():
    cells = [START, "time.sleep(0.6)\n6 * 7", "time.sleep(0.6)", "print('a')\ntime.sleep(0.6)\nprint('b')", "1 / 2"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in cells])
    heard = []
    client = NotebookClient(notebook, kernel_name="python3")
    process = client.process_message

    def kept(message, *given):
        heard.append((message["msg_type"], message["content"].get("data", {}).get("text/plain", "")))
        return process(message, *given)

    client.process_message = kept
    client.execute()
    assert sum(text.startswith("working, ") for _, text in heard) >= 2, "both silent long cells had a line"
    outputs = [
        [one.get("data", {}).get("text/plain", one.get("text")) for one in cell.outputs] for cell in notebook.cells
    ]
    assert outputs == [[], ["42"], [], ["a\n", "b\n"], ["0.5"]]


def test_only_a_reader_in_jupyterlab_gets_it(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert not waiting.live() and waiting.watch() is None
    monkeypatch.setenv("JPY_SESSION_NAME", "62.ipynb")
    monkeypatch.delenv("CROSSBORDER_OUT", raising=False)
    assert waiting.live()
    monkeypatch.setenv("CROSSBORDER_OUT", "somewhere")
    assert not waiting.live()
