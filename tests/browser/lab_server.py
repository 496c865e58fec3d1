"""A JupyterLab server as `make lab` starts it, on a copy of the notebooks, and what a reader does in it."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crossborder.reports import nursery, project, warm
from crossborder.reports.environment import DETERMINISTIC

from tests.browser.watched import Tab

OPENS_WITHIN, RUNS_WITHIN = 120, 300  # seconds; a notebook takes a few, a crowded machine many
ITSELF = "the lab itself"
# Opens a notebook, runs all its cells, tells what became of each, and closes it with its kernel.
RUN = """
async (path) => {
  const app = window.jupyterapp;
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const widget = await app.commands.execute("docmanager:open", {path, factory: "Notebook"});
  await widget.context.ready;
  await widget.context.sessionContext.ready;
  const session = widget.context.sessionContext.session;
  while (session.kernel.status !== "idle") { await pause(100); }
  app.shell.activateById(widget.id);
  await widget.content.activate();
  await app.commands.execute("notebook:run-all-cells");
  const cells = Array.from(widget.content.model.cells).filter((cell) => cell.type === "code");
  const seen = cells.map((cell) => ({
    count: cell.executionCount,
    source: cell.sharedModel.getSource(),
    outputs: cell.outputs.toJSON().map((one) => ({
      type: one.output_type, name: one.name, told: one.evalue || (one.output_type === "stream" ? one.text : ""),
      waits: String((one.data || {})["text/plain"] || "").startsWith("working, "),
    })),
  }));
  const slider = await play(widget.content, pause);
  const kernel = session.kernel.name;
  await widget.context.save();
  await widget.context.sessionContext.shutdown();
  widget.dispose();
  return {cells: seen, kernel, slider};
}
"""
# Moves the first slider of a notebook by a key, as a reader does; what its cell shows before and after.
PLAY = """
const play = async (content, pause) => {
  const live = (one) => one.data && "application/vnd.jupyter.widget-view+json" in one.data;
  const place = content.widgets.findIndex(
    (cell) => cell.model.type === "code" && cell.model.outputs.toJSON().some(live));
  if (place < 0) { return null; }
  const cell = content.widgets[place];
  content.activeCellIndex = place;
  const until = async (what) => {
    for (let turn = 0; turn < 300; turn += 1) {
      if (what()) { return true; }
      await content.scrollToItem(place, "center");
      await pause(100);
    }
    return false;
  };
  const shown = () => (cell.node.querySelector(".widget-output table") || {innerText: ""}).innerText;
  const ready = await until(() => cell.node.querySelector(".noUi-handle") && shown());
  if (!ready) { return {before: "", after: ""}; }
  const before = shown();
  const handle = cell.node.querySelector(".noUi-handle");
  handle.focus();
  for (let turn = 0; turn < 3; turn += 1) {
    handle.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true, cancelable: true}));
  }
  await until(() => shown() && shown() !== before);
  return {before, after: shown()};
};
"""
START = """
([play, run, path]) => {
  window.told = null;
  const start = eval(`(() => {${play} return (${run}); })()`);
  start(path).then((told) => { window.told = told; }, (wrong) => { window.told = {error: String(wrong)}; });
}
"""


@dataclass
class Seen:
    """What a reader saw after running all cells of a notebook."""

    cells: list[dict] = field(default_factory=list)
    kernel: str = ""
    slider: dict[str, str] | None = None
    error: str = ""
    complaints: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def flaws(self) -> list[str]:
        """Everything that a reader should not have met."""
        counts = [cell["count"] for cell in self.cells]
        found = [self.error] if self.error else []
        found += [] if counts == list(range(1, len(counts) + 1)) else [f"cells ran in the order {counts}"]
        for place, cell in enumerate(self.cells, start=1):
            wrong = [one for one in cell["outputs"] if one["type"] == "error" or one.get("name") == "stderr"]
            found += [f"cell [{place}]: {one['type']} {one['told']}" for one in wrong]
            found += [
                f"cell [{place}]: the line of a long cell was left behind" for one in cell["outputs"] if one["waits"]
            ]
        return found + self.complaints


def recipe() -> tuple[dict[str, str], list[str]]:
    """Environment and words of the command that `make lab` runs, read from the Makefile itself."""
    shown = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "lab"], cwd=project.root(), capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    line = next(line for line in reversed(shown.splitlines()) if " lab " in line)
    words = shlex.split(line)
    first = next(place for place, word in enumerate(words) if "=" not in word)
    return dict(word.split("=", 1) for word in words[:first]), words[first:]


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a lab that serves a copy of the notebooks in `folder`, gone with its kernels at the end.

    Its kernels are forked from one process that has imported the stack, where the system can do that: what is tested
    here is the lab. `make check-notebooks` runs each notebook in a kernel of its own.
    """
    with _kernels(folder / "kernels.log") as variables, _server(folder, variables) as address:
        yield address


@contextmanager
def _kernels(log: Path) -> Iterator[dict[str, str]]:
    """What makes a server start warm kernels; nothing where there are none."""
    if not warm.available():
        yield {}
        return
    with warm.nursery(nursery.STACK, log) as address:
        yield {warm.NURSERY: address, "JUPYTER_DEFAULT_PROVISIONER_NAME": warm.NAME}


@contextmanager
def _server(folder: Path, kernels: dict[str, str]) -> Iterator[str]:
    shutil.copytree(project.notebooks_folder(), folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    variables, words = recipe()
    port = _free_port()
    command = [str(project.root() / words[0]), *words[1:], "--no-browser", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", "--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"]
    # Nothing of this user's own settings may help or hinder.
    home = str(folder / "home")
    environment = {**os.environ, **DETERMINISTIC, **variables, **kernels, "HOME": home, "JUPYTER_CONFIG_DIR": home}
    log = (folder / "lab.log").open("w")
    server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, server, folder / "lab.log")
        yield address
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


def run_all(tabs: Sequence[Tab], address: str, notebooks: Sequence[str]) -> dict[str, Seen]:
    """Each notebook run in one of the tabs, as many at once as there are tabs."""
    for place, tab in enumerate(tabs):
        tab.page.goto(f"{address}/lab/workspaces/tab-{place}?reset", wait_until="domcontentloaded")
    for tab in tabs:
        tab.page.wait_for_function("window.jupyterapp && window.jupyterapp.started", timeout=OPENS_WITHIN * 1000)
        tab.page.evaluate("window.jupyterapp.started.then(() => true)")
    seen = {ITSELF: Seen(complaints=[one for tab in tabs for one in tab.complaints])}
    todo, busy = list(notebooks), {}
    while todo or busy:
        for place, tab in enumerate(tabs):
            if place not in busy and todo:
                busy[place] = (todo.pop(0), time.monotonic())
                tab.complaints.clear()
                tab.page.evaluate(START, [PLAY, RUN, f"{busy[place][0]}.ipynb"])
        for place, (name, since) in list(busy.items()):
            told = tabs[place].page.evaluate("window.told")
            late = time.monotonic() - since > RUNS_WITHIN
            if told or late:
                seen[name] = _seen(tabs[place], name, told or {"error": f"not done in {RUNS_WITHIN} s"}, since)
                del busy[place]
        time.sleep(0.1)
    return seen


def _seen(tab: Tab, name: str, told: dict[str, Any], since: float) -> Seen:
    found = Seen(**told, complaints=list(tab.complaints), seconds=round(time.monotonic() - since, 1))
    if found.flaws:
        tab.keep(f"lab-{name}")
    return found


def listens(address: str, host: str) -> bool:
    """Whether the server of an address answers on this name of the machine too."""
    with socket.socket() as asking:
        asking.settimeout(2)
        return asking.connect_ex((host, int(address.rsplit(":", 1)[1]))) == 0


def outside() -> str:
    """An address of this machine that other machines see, or one of its own that is not the usual one."""
    try:
        found = socket.gethostbyname(socket.gethostname())
    except OSError:
        found = "127.0.0.2"
    return "127.0.0.2" if found == "127.0.0.1" else found


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def _wait(address: str, server: subprocess.Popen, log: Path) -> None:
    ends = time.monotonic() + OPENS_WITHIN
    while time.monotonic() < ends and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/api/status", timeout=2) as answer:
                json.load(answer)
                return
        except OSError:
            time.sleep(0.2)
    said = re.sub(r"\s+$", "", log.read_text())
    raise RuntimeError(f"the lab did not start:\n{said[-2000:]}")
