"""Faults of the configuration: one line on standard error, and an exit code, at start."""

import json
import os
import subprocess

import pytest

from harness.ports import free_port
from harness.redis import Redis


@pytest.fixture
def refused(binary):
    """Runs a command that must end by itself, and gives what it said."""

    def run(*arguments: str, seconds: float = 30, **environment) -> str:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("STEPWELL_")}
        done = subprocess.run(
            [str(binary), *arguments],
            env={**clean, **environment},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert done.returncode not in (0, 101, -6), done
        assert "panicked" not in done.stderr
        return done.stderr.strip()

    return run


def addresses() -> list[str]:
    return ["--listen", f"127.0.0.1:{free_port()}", "--grpc-listen", f"127.0.0.1:{free_port()}"]


def last_line(said: str) -> str:
    """The one line that tells the fault; lines of the log may come before it."""
    lines = [line for line in said.splitlines() if line.startswith("stepwell: ")]
    assert len(lines) == 1, said
    assert said.splitlines()[-1] == lines[0]
    return lines[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "EOF"),
        ("[]", "object"),
        ('{"activity": 1}', "activity"),
        ('{"activities": "many"}', "activities"),
        ('{"activities": -1}', "activities"),
    ],
)
def test_a_limits_file_that_is_none(refused, tmp_path, text, told):
    path = tmp_path / "limits.json"
    path.write_text(text)
    line = last_line(refused("dev", *addresses(), "--in-memory", "--limits", str(path)))
    assert str(path) in line
    assert told in line or "integer" in line or "invalid" in line


def test_a_limits_file_that_is_not_there(refused, tmp_path):
    path = str(tmp_path / "nowhere.json")
    assert path in last_line(refused("dev", *addresses(), "--in-memory", "--limits", path))


def test_an_address_that_is_taken(refused, suite_with):
    own = suite_with("dev")
    taken = f"127.0.0.1:{own.port}"
    line = last_line(refused("dev", "--listen", taken, *addresses()[2:], "--in-memory"))
    assert taken in line
    assert "--listen" in line


def test_a_data_directory_that_another_process_uses(refused, suite_with):
    own = suite_with("dev")
    folder = str(own.folder / "data")
    assert folder in last_line(refused("dev", *addresses(), "--data-dir", folder))


def test_a_data_directory_that_can_not_be_one(refused, tmp_path):
    (tmp_path / "file").write_text("")
    folder = str(tmp_path / "file" / "data")
    assert folder in last_line(refused("dev", *addresses(), "--data-dir", folder))


def test_another_number_of_partitions_than_the_store_has(refused, suite_with):
    own = suite_with("dev")
    own.stop()
    folder = str(own.folder / "data")
    line = last_line(refused("dev", *addresses(), "--data-dir", folder, "--partitions", "128"))
    assert "128" in line
    assert "256" in line


def test_a_redis_that_evicts(refused, tmp_path):
    redis = Redis(tmp_path)
    policy = redis.process.argv.index("--maxmemory-policy") + 1
    redis.process.argv[policy] = "allkeys-lru"
    redis.start()
    try:
        line = last_line(refused("dev", *addresses(), "--redis", redis.url))
        assert "noeviction" in line
    finally:
        redis.process.stop()


@pytest.mark.parametrize(
    "arguments",
    [
        ["dev", "--listen", "everywhere"],
        ["dev", "--account-id", "12"],
        ["dev", "--limits-profile", "2018"],
        ["dev", "--in-memory", "--redis", "redis://127.0.0.1:1"],
        ["dev", "--speed", "9"],
        ["gateway"],
        ["fly"],
    ],
    ids=lambda arguments: "-".join(arguments),
)
def test_a_command_line_that_is_none(refused, arguments):
    """Told with the way to the right one."""
    said = refused(*arguments)
    assert said.startswith("error: ")
    assert "--help" in said


def test_a_lambda_endpoint_that_is_no_url(refused):
    line = last_line(refused("dev", *addresses(), "--in-memory", "--lambda-endpoint", "lambda"))
    assert "lambda" in line


def test_an_environment_variable_is_as_good_as_a_flag(refused, tmp_path):
    path = tmp_path / "limits.json"
    path.write_text(json.dumps({"nothing": 1}))
    line = last_line(refused("dev", *addresses(), "--in-memory", STEPWELL_LIMITS=str(path)))
    assert "nothing" in line


def test_a_log_that_is_configured_in_vain(refused):
    for variable, value in [("RUST_LOG", "loud=yes"), ("STEPWELL_LOG_FORMAT", "xml")]:
        line = last_line(refused("dev", *addresses(), "--in-memory", **{variable: value}))
        assert variable in line and value in line


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--redis", "127.0.0.1:6379"], "URL"),
        (["--grpc-listen", "0.0.0.0:0"], "--advertise"),
        (["--advertise", "here"], "host:port"),
        (["--limits", "/nowhere/limits.json"], "limits.json"),
    ],
    ids=["redis", "grpc-listen", "advertise", "limits"],
)
def test_what_no_waiting_for_redis_mends_is_told_at_once(refused, arguments, told):
    given = {"--redis": "redis://127.0.0.1:1", "--listen": "127.0.0.1:0"}
    given |= {"--grpc-listen": "127.0.0.1:0", **dict([arguments])}
    flat = [word for flag in given.items() for word in flag]
    assert told in last_line(refused("execution", *flat, seconds=15))
