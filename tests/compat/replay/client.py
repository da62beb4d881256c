"""The Step Functions client of one case: boto3, in an account of the case's own."""

import threading
from dataclasses import dataclass

import boto3
import botocore
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

REGION = "us-east-1"
SCOPE = "AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/states/aws4_request, "


@dataclass
class Answer:
    """What a call gave: a response, or an error."""

    response: dict | None = None
    error: Exception | None = None

    def against(self, expected):
        """The answer in the form that the recording of it has."""
        if self.error is None:
            return self.response
        if isinstance(expected, str):
            return str(self.error)
        if isinstance(expected, dict) and "exception_typename" in expected:
            name = type(self.error).__name__
            return {"exception_typename": name, "exception_value": str(self.error)}
        if isinstance(self.error, ClientError):
            return _reduced(self.error.response)
        return {"exception_typename": type(self.error).__name__, "message": str(self.error)}


def _reduced(response: dict) -> dict:
    status = response["ResponseMetadata"]["HTTPStatusCode"]
    return {**response, "ResponseMetadata": {"HTTPHeaders": {}, "HTTPStatusCode": status}}


class Clients:
    """One SDK client for all cases: whose account a call is in says the thread that makes it."""

    def __init__(self, endpoint: str):
        self._account = threading.local()
        config = Config(
            signature_version=botocore.UNSIGNED,
            retries={"total_max_attempts": 1, "mode": "legacy"},
            read_timeout=75,
            connect_timeout=10,
            max_pool_connections=300,
            inject_host_prefix=False,
        )
        self._sdk = boto3.client(
            "stepfunctions", endpoint_url=endpoint, region_name=REGION, config=config
        )
        self._sdk.meta.events.register("before-call.stepfunctions", self._sign)
        self._methods = {
            operation: getattr(self._sdk, method)
            for method, operation in self._sdk.meta.method_to_api_mapping.items()
        }

    def _sign(self, params: dict, **_) -> None:
        scope = SCOPE.format(self._account.name)
        params["headers"]["Authorization"] = f"{scope}SignedHeaders=host, Signature=0"

    def call(self, account: str, operation: str, request: dict) -> Answer:
        """Calls an action; errors of the service and of the SDK are answers too."""
        self._account.name = account
        method = self._methods.get(operation)
        if method is None:
            return Answer(error=NotImplementedError(f"the SDK has no action {operation}"))
        try:
            return Answer(response=_reduced(method(**request)))
        except (ClientError, BotoCoreError) as error:
            return Answer(error=error)
