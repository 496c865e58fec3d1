"""The picture of the board page in the README, taken from a finished report with Chromium.

Run: python docs/images/board_picture.py [PAGE] [PICTURE]     (`make picture` makes the report first)
"""

import io
import sys
from pathlib import Path

from crossborder.reports import browser, project

PAGE = project.reports_folder() / "latest" / "71_board_report.html"
PICTURE = Path(__file__).with_name("board.png")
WIDTH, HEIGHT = 860, 1180
# What a reader folds away: code, buttons and the list of contents.
FOLDED = "nav.contents, .tools, details.code, .skip { display: none !important } body { background: #fff }"
LARGEST = 300_000  # bytes


def main(page: Path = PAGE, picture: Path = PICTURE) -> None:
    """Take the top of the page as a picture of few colours, which a code host loads fast."""
    from PIL import Image

    if not page.is_file():
        sys.exit(f"{page} is not there; do: make report")
    with browser.opened() as chromium:
        view = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        view.goto(page.resolve().as_uri())
        view.add_style_tag(content=FOLDED)
        taken = view.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT}, full_page=True)
    image = Image.open(io.BytesIO(taken)).convert("RGB").quantize(64, dither=Image.Dither.NONE)
    image.save(picture, optimize=True)
    if picture.stat().st_size > LARGEST:
        sys.exit(f"{picture} has {picture.stat().st_size:,} bytes; allowed: {LARGEST:,}; do: lower HEIGHT")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
