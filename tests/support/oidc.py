"""A real sign-in provider: the npm package oidc-provider, run by node. Any login becomes an account of that name."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from deploy.processes import ROOT, free_port
from tests.support.fixtures import missing

PACKAGE = "oidc-provider@9.13.3"
SCRIPT = ROOT / "tests" / "support" / "oidc_provider.mjs"
SECRET = "a secret of the tests"
CLAIMS = """
login: preferred_username
grants:
  - {when: {groups: p2m}, role: p2m_officer, scope: "32.76"}
"""


@contextmanager
def provider(back: str) -> Iterator[str]:
    """A running provider that sends browsers back to ``back``; its issuer's address."""
    port = free_port()  # out of the kernel's range, where no node has reserved any
    command = ["node", str(SCRIPT), str(port), back]
    process = subprocess.Popen(command, cwd=_package(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.strip() == "ready":
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@cache
def _package() -> Path:
    """A folder with the provider in it, installed once by npm."""
    folder = ROOT / "build" / "oidc-provider"
    if (folder / "node_modules" / "oidc-provider" / "package.json").exists():
        return folder
    npm = shutil.which("npm")
    if npm is None:
        missing("npm", "npm is not on this machine")
    folder.mkdir(parents=True, exist_ok=True)
    command = [str(npm), "install", "--no-audit", "--no-fund", "--no-save", "--prefix", str(folder), PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        missing("npm", f"npm could not install {PACKAGE}: {done.stderr[-300:]}")
    return folder
