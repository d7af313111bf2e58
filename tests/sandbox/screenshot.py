"""What a page looks like: a picture taken, and its size measured, by Debian's chromium without a screen.

python -m tests.sandbox.screenshot digest.html .github/images/digest.png [--width 760] [--dark]
"""

import argparse
import html
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip
_DARK = "--blink-settings=preferredColorScheme=0"


def chromium() -> str | None:
    """The browser, where there is one."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def measure(page: str, width: int) -> tuple[int, int]:
    """How wide and high the page really is in a window of that width, in CSS pixels."""
    frame = (
        f'<iframe id="f" width="{width}" height="10" style="border:0" srcdoc="{html.escape(page)}"></iframe><script>'
        'onload=()=>{const d=document.getElementById("f").contentDocument;'
        'document.body.textContent=[d.documentElement.scrollWidth,d.body.scrollHeight].join("x")}</script>'
    )
    found = re.search(r">(\d+)x(\d+)<", _run(frame, "--dump-dom", "--virtual-time-budget=2000"))
    if not found:
        raise RuntimeError("chromium did not say how large the page is")
    return int(found[1]), int(found[2])


def picture(page: str, path: Path, *, width: int = 760, dark: bool = False, scale: float = 2) -> None:
    """Take a picture of the whole page."""
    _, height = measure(page, width)
    size = f"--window-size={width},{height}"
    _run(page, f"--screenshot={path}", size, f"--force-device-scale-factor={scale}", *([_DARK] if dark else []))


def _run(page: str, *flags: str) -> str:
    browser = chromium()
    if browser is None:
        raise RuntimeError("there is no chromium here: apt-get install chromium")
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "page.html"
        file.write_text(page, "utf-8")
        command = [browser, *_FLAGS, f"--user-data-dir={place}/profile", *flags, file.as_uri()]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--width", type=int, default=760)
    parser.add_argument("--dark", action="store_true")
    options = parser.parse_args()
    picture(options.page.read_text("utf-8"), options.picture.resolve(), width=options.width, dark=options.dark)


if __name__ == "__main__":
    main()
