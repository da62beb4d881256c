"""aws-sdk-go-v2 drives each of the 19 actions: the tests are in `gosdk`, a Go module."""

import os
import subprocess
from pathlib import Path

import pytest

GOSDK = Path(__file__).resolve().parents[1] / "gosdk"


@pytest.fixture(scope="session")
def go_tests(tmp_path_factory) -> Path:
    """The compiled Go tests, one build for all shapes of the suite."""
    program = tmp_path_factory.mktemp("gosdk") / "gosdk.test"
    build = ["go", "test", "-c", "-o", str(program), "."]
    done = subprocess.run(build, cwd=GOSDK, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return program


@pytest.mark.timeout(900)
def test_the_go_sdk_drives_every_action(go_tests, suite):
    environment = {**os.environ, "STEPWELL_ENDPOINT": suite.endpoint}
    done = subprocess.run(
        [str(go_tests), "-test.v", "-test.timeout=120s"],
        cwd=GOSDK,
        env=environment,
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # A run without tests passes too.
    assert done.stdout.count("--- PASS: Test") >= 5, done.stdout
