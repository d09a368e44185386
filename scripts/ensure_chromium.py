"""Have a Chromium for the browser tests: the one that is there, Playwright's own, or Debian's."""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

from scripts import chromium

_PLAYWRIGHT = [[sys.executable, "-m", "playwright", "install", "chromium"]]
_DEBIAN = [
    ["apt-get", "update", "-qq"],
    ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
]


def main() -> None:
    """Install a Chromium where there is none; if that fails, say so and let the tests fail."""
    if _found() or "CHROMIUM" in os.environ:
        return
    print("No Chromium or Chrome is installed: trying Playwright's own.", flush=True)
    if _run(_PLAYWRIGHT) and _starts(_found()):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Playwright's Chromium cannot be used: trying Debian's package.", flush=True)
        if _run(_DEBIAN) and _found():
            return
    print(chromium.MISSING, flush=True)


def _found() -> str | None:
    with sync_playwright() as playwright:
        return chromium.find(playwright)


def _run(commands: list[list[str]]) -> bool:
    """Whether all commands succeed; what a failing one printed is shown."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in commands:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            print(done.stdout, flush=True)
            return False
    return True


def _starts(path: str | None) -> bool:
    """Whether the browser runs at all: a downloaded one may miss libraries of the system."""
    return (
        path is not None
        and subprocess.run([path, "--version"], capture_output=True).returncode == 0
    )


if __name__ == "__main__":
    main()
