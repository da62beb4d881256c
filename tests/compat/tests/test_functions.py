import json
import urllib.error
import urllib.request

import pytest
from fixtures import ACCOUNT, case
from replay.functions import Function, FunctionEndpoint
from replay.placeholders import Names

FAILED = {"payload": "{}", "response": '{"errorType": "E"}', "functionError": "Unhandled"}


def function(*invocations: dict) -> Function:
    return Function(list(invocations), Names(case(), ACCOUNT))


def test_invocations_answer_by_payload_and_then_in_order():
    served = function(
        {"payload": '{"n": 1}', "response": '"one"'},
        FAILED,
        {"payload": "{}", "response": '"done"'},
    )
    assert served.answer({}) == ('{"errorType": "E"}', "Unhandled", None)
    assert served.answer({"n": 1}) == ('"one"', None, None)
    assert served.answer({}) == ('"done"', None, None)


def test_the_last_answer_is_given_again():
    served = function(FAILED)
    assert served.answer({}) == served.answer({})


def test_a_function_that_gave_back_its_payload_does_so():
    served = function({"payload": '{"id": "theirs"}', "response": '{"id": "theirs"}'})
    assert json.loads(served.answer({"id": "ours"})[0]) == {"id": "ours"}


def test_without_an_invocation_there_is_no_answer():
    assert function().answer({}) is None


def test_an_invocation_that_timed_out_takes_as_long():
    body = json.dumps({"errorMessage": "x Task timed out after 3.00 seconds"})
    served = function({"payload": "{}", "response": body, "functionError": "Unhandled"})
    assert served.answer({})[2] == 3.0


@pytest.fixture
def endpoint():
    served = FunctionEndpoint()
    yield served
    served.close()


def invoked(endpoint: FunctionEndpoint, name: str, **headers: str):
    """The answer to an invocation as an HTTP client sees it."""
    url = f"{endpoint.url}/2015-03-31/functions/{name}/invocations"
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return urllib.request.urlopen(urllib.request.Request(url, b"{}", named))


def start(text: str) -> dict:
    return {"operation": "StartExecution", "request": {"input": text}}


def test_a_function_that_is_not_there_is_told_by_the_arn_of_its_version(endpoint):
    of = case([start('{"FunctionName": "none"}')])
    endpoint.add(of, Names(of, ACCOUNT))
    with pytest.raises(urllib.error.HTTPError) as refused:
        invoked(endpoint, "none")
    message = json.loads(refused.value.read())["Message"]
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:none:$LATEST"
    assert message == f"Function not found: {arn}"


def test_headers_are_those_of_lambda_and_the_log_comes_where_it_is_asked_for(endpoint):
    recorded = {"function": "f", "invocations": [{"payload": "{}", "response": "{}"}]}
    of = case(functions=[recorded])
    endpoint.add(of, Names(of, ACCOUNT))
    plain = invoked(endpoint, "f").headers
    assert "Server" not in plain
    assert "X-Amz-Log-Result" not in plain
    assert invoked(endpoint, "f", X_Amz_Log_Type="Tail").headers["X-Amz-Log-Result"]
