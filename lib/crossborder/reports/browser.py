"""Chromium driven by Playwright, where both are installed; nothing is ever downloaded."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crossborder.errors import CrossborderError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["FLAGS", "NoBrowser", "executable", "opened"]

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# A browser that asks nobody for anything; it shows only files of this machine.
FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


class NoBrowser(CrossborderError):
    """There is no browser to print or to test with; the text says what to install."""

    @classmethod
    def because(cls, what: str, do: str) -> "NoBrowser":
        """`what` is missing, and what to do."""
        return cls(f"no PDF without a browser: {what}\n  do: {do}")


@contextmanager
def opened() -> Iterator["Browser"]:
    """A headless Chromium, closed at the end.

    Raises NoBrowser if Playwright or Chromium is not installed.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NoBrowser.because("Playwright is not installed", "pip install playwright (the extra `pdf`)") from None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(playwright), args=_flags())
        try:
            yield browser
        finally:
            browser.close()


def executable(playwright: Any) -> str:
    """The browser to start: Playwright's own if it was installed, else the system's.

    Raises NoBrowser if there is neither.
    """
    own = playwright.chromium.executable_path
    if Path(own).exists():
        return own
    found = [path for path in map(shutil.which, COMMANDS) if path] + [place for place in PLACES if Path(place).exists()]
    if not found:
        raise NoBrowser.because(
            "Chromium is not installed",
            "install the system's package chromium (on Debian and Ubuntu: apt-get install chromium), then ask again",
        )
    return found[0]


def _flags() -> list[str]:
    # Chromium refuses its sandbox to the administrator, as whom containers run.
    return [*FLAGS, *(["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else [])]
