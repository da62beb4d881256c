"""Everything that the comparison does not hold against an answer, in one place.

Whatever is not named here must be equal: member by member, type by type, text by text. The runner
prints `told()` with its result.
"""

import re

TIMESTAMPS = frozenset(
    [
        "timestamp",
        "<timestamp>",
        "datetime",
        "date",
        "<date>",
        "creation-date",
        "start-date",
        "<start-date>",
        "stop-date",
        "<stop-date>",
        "end-date",
        "start-time",
        "<start-time>",
        "entered-time",
        "<entered-time>",
        "<headers-date>",
    ]
)

VOLATILE = frozenset(
    [
        "x-amzn-RequestId",
        "x-amzn-requestid",
        "x-amzn--request-id",
        "RequestId",
        "<request-id>",
        "<request_id>",
        "<extended_request_id>",
        "X-Amzn-Trace-Id",
        "x--amzn--trace--id",
        "<trace-id>",
        "<headers-x-amzn-RequestId>",
        "<headers-X-Amzn-Trace-Id>",
    ]
)

TIME_REFERENCES = frozenset({"TimestampPath"})
"""Members of a definition that refer to a time; the recording replaced them like one."""

HEADERS_AS_LISTS = ".SdkHttpMetadata.AllHttpHeaders"
"""Where each header is a list of its values; the recording put one word for the whole list."""

RANDOM_NUMBER = "RandomNumberGenerated"

ANY_TEXT = "<text not from AWS>"

GENERATED = {
    "uuid": r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "ArnPart": r"[^:\"\s]+",
    "ExecArnPart": r"[^:\"\s]+",
}
"""What the value of a generated placeholder looks like, where something is known of it."""

TOKEN = re.compile(r"<<task_token>:\d+>|<[A-Za-z][\w:.-]*>|\b(?:snf|sfn)_role_arn\b")
"""A placeholder by its form; others are told by the case."""

MEMBERS_ADDED_SINCE = frozenset({"encryptionConfiguration", "redriveCount", "redriveStatus"})
"""Members of answers that recordings before 2024 lack and that those after have."""

REDRIVE = ("RedriveCount", "RedriveStatus", "RedriveStatusReason")

PAYLOAD_MEMBERS_ADDED_SINCE = frozenset(
    [
        ("Execution", "RedriveCount"),
        *((end, name) for end in ("output", "cause") for name in REDRIVE),
    ]
)
"""The same inside payloads that hold the context object or describe a nested execution, each by the
member it is in."""

STARTS = frozenset({"StartDate", "StopDate"})
"""Members of payloads that hold milliseconds since 1970."""

ANSWER_TO_START = frozenset({"ExecutionArn", "SdkHttpMetadata"})
"""Members by which the answer to the start of a nested execution is known."""

EVENT_ID = re.compile(r"(?<=event id #)\d+")
"""The number of an event inside a text; follows the pairing of events."""

RULES = (
    ("account", "111111111111 in the recording is the account that the case ran in"),
    ("region", "<region> is us-east-1, arn:<partition>: is arn:aws:"),
    (
        "timestamps",
        "a time that the recording replaced by a word may be any time, but a time; where the "
        "client itself sent a text that looks like one, also that text; where a definition "
        "refers to a time by TimestampPath, the reference that the client sent",
    ),
    ("random numbers", "what the recording replaced by RandomNumberGenerated may be any number"),
    ("request ids", "request and trace ids may be any text"),
    (
        "lists of headers",
        "in AllHttpHeaders a word for a time, request or trace id stands for a list of one such "
        "value",
    ),
    ("headers", "of ResponseMetadata only HTTPStatusCode is compared"),
    (
        "generated names and tokens",
        "a placeholder of the recording is one value all through a case; where it stands for "
        "something the client named, that name",
    ),
    (
        "numbered names",
        "where a case made more machines, executions or roles than it has placeholders for, the "
        "recording numbered several of them alike: there a placeholder is one of these names, "
        "and the same all through one compared answer",
    ),
    ("texts not from AWS", "in cases that were not recorded from AWS, any text of that kind"),
    (
        "JSON texts",
        "an input, output, cause or definition that the recording shows parsed is compared "
        "parsed, be it an object or an array: spacing and the order of keys do not count, types "
        "of numbers do",
    ),
    (
        "members added since",
        "answers may have " + ", ".join(sorted(MEMBERS_ADDED_SINCE)) + " where an old recording "
        "has not, a context object Execution.RedriveCount, and the description of a nested "
        "execution " + ", ".join(REDRIVE) + "; never the other way round",
    ),
    (
        "nested executions",
        "the Content-Length of the answer to their start may be another number, since that answer "
        "holds a time and a region; StartDate and StopDate are milliseconds",
    ),
    (
        "interleaving of branches",
        "histories with branches are equal when they are the same graph by previousEventId; the "
        "end of a Parallel or Map hangs on its start, since any branch may be the last",
    ),
    (
        "sorted branches",
        "where the recording sorted the events of a Parallel and took their ids, these are "
        "compared as a set",
    ),
)


def told() -> str:
    """The list, to be read by people."""
    return "\n".join(f"  {name}: {rule}" for name, rule in RULES)
