"""The suites that run now, so that a failure can show their logs."""

# Long polls end soon, so that a worker's loop ends soon after its test.
LIMITS = {"poll_seconds": 2}

RUNNING: list = []


def started(suite):
    """Runs a suite for as long as a fixture needs it."""
    RUNNING.append(suite)
    try:
        suite.start()
        yield suite
    finally:
        suite.stop()
        RUNNING.remove(suite)
