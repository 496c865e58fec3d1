"""A tab whose complaints are kept: errors on the console, errors of scripts, requests to anywhere but this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from crossborder.reports import project

HERE = ("127.0.0.1", "localhost", "")
SHOTS = project.root() / ".cache" / "browser"


@dataclass
class Tab:
    """A page of the browser with what it complained of."""

    page: Any
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> "Tab":
        """Listen from now on."""
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self._note("script", str(error)))
        self.page.on("request", lambda request: self._request(request.url))
        return self

    def _said(self, said: Any) -> None:
        # The server's list of kernels fails in the moment in which a kernel starts (jupyter_server 2: last_activity is
        # None until the first message); the lab asks again ten seconds later.
        starting = urlparse(said.location.get("url", "")).path == "/api/kernels" and "500" in said.text
        if said.type == "error" and not starting:
            self._note("console", said.text)

    def _request(self, url: str) -> None:
        if urlparse(url).scheme not in ("data", "blob") and (urlparse(url).hostname or "") not in HERE:
            self._note("request", url)

    def _note(self, kind: str, text: str) -> None:
        self.complaints.append(f"{kind}: {text}")

    def keep(self, name: str) -> Path:
        """A picture of the tab, for the one who looks into a failure."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png")
        return SHOTS / f"{name}.png"


@contextmanager
def tab(chromium: Any, name: str, width: int = 1280, scheme: str = "light") -> Iterator[Tab]:
    """A new tab of a width in a colour scheme; a picture of it is kept if what is done with it fails."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    made = Tab(context.new_page()).watch()
    try:
        yield made
    except BaseException:
        made.keep(name)
        raise
    finally:
        context.close()
