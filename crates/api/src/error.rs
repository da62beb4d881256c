//! The closed set of errors, and their form on both wires.
//!
//! Between services an error is a gRPC status whose details hold a `google.rpc.ErrorInfo` with
//! domain `stepwell` and the error's documented name as its reason. At the edge it is the `__type`
//! of an AWS JSON answer.

use std::collections::HashMap;
use std::error::Error as _;
use std::fmt;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// Longest message of an error in bytes; a longer one is cut. A status with its details travels in
/// headers, percent-encoded, and must stay well below what HTTP/2 peers accept.
pub const MAX_MESSAGE_BYTES: usize = 2_048;

const DOMAIN: &str = "stepwell";
const SERVICE: &str = "com.amazonaws.swf.service.v2.model";
const VALIDATE: &str = "com.amazon.coral.validate";
const CORAL: &str = "com.amazon.coral.service";

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = ($http:literal, $grpc:ident, $namespace:ident),)*) => {
        /// An error of the Step Functions API, by its documented name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)*
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The documented name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// The HTTP status of an answer with this error.
            #[must_use]
            pub fn http_status(self) -> u16 {
                match self { $(Self::$name => $http,)* }
            }

            /// The namespace before the name in `__type`.
            #[must_use]
            pub fn namespace(self) -> &'static str {
                match self { $(Self::$name => $namespace,)* }
            }

            fn grpc(self) -> Code {
                match self { $(Self::$name => Code::$grpc,)* }
            }
        }
    };
}

codes! {
    /// The activity is not there.
    ActivityDoesNotExist = (400, NotFound, SERVICE),
    /// The account has as many activities as it may.
    ActivityLimitExceeded = (400, ResourceExhausted, SERVICE),
    /// As many pollers wait for the activity as may.
    ActivityWorkerLimitExceeded = (400, ResourceExhausted, SERVICE),
    /// What is there differs from what the request goes by.
    ConflictException = (400, FailedPrecondition, SERVICE),
    /// Another execution has the name.
    ExecutionAlreadyExists = (400, AlreadyExists, SERVICE),
    /// The execution is not there.
    ExecutionDoesNotExist = (400, NotFound, SERVICE),
    /// The account has as many open executions as it may.
    ExecutionLimitExceeded = (400, ResourceExhausted, SERVICE),
    /// Not an ARN, or of another kind of resource.
    InvalidArn = (400, InvalidArgument, SERVICE),
    /// Not a definition in the Amazon States Language.
    InvalidDefinition = (400, InvalidArgument, SERVICE),
    /// Encryption by a key that can't be used.
    InvalidEncryptionConfiguration = (400, InvalidArgument, SERVICE),
    /// The input is not JSON.
    InvalidExecutionInput = (400, InvalidArgument, SERVICE),
    /// A log without exactly one place to go to.
    InvalidLoggingConfiguration = (400, InvalidArgument, SERVICE),
    /// The name has characters that names may not have.
    InvalidName = (400, InvalidArgument, SERVICE),
    /// The output is not JSON.
    InvalidOutput = (400, InvalidArgument, SERVICE),
    /// A task or page token that was not made here, or no longer holds.
    InvalidToken = (400, InvalidArgument, SERVICE),
    /// An update that updates nothing.
    MissingRequiredParameter = (400, InvalidArgument, SERVICE),
    /// What the request refers to is not there.
    ResourceNotFound = (400, NotFound, SERVICE),
    /// As many versions or aliases as a state machine may have.
    ServiceQuotaExceededException = (400, ResourceExhausted, SERVICE),
    /// Another state machine has the name.
    StateMachineAlreadyExists = (400, AlreadyExists, SERVICE),
    /// The state machine is being deleted.
    StateMachineDeleting = (400, FailedPrecondition, SERVICE),
    /// The state machine is not there.
    StateMachineDoesNotExist = (400, NotFound, SERVICE),
    /// The account has as many state machines as it may.
    StateMachineLimitExceeded = (400, ResourceExhausted, SERVICE),
    /// Not for this type of state machine.
    StateMachineTypeNotSupported = (400, FailedPrecondition, SERVICE),
    /// The task is not there.
    TaskDoesNotExist = (400, NotFound, SERVICE),
    /// The task has ended.
    TaskTimedOut = (400, FailedPrecondition, SERVICE),
    /// More tags than a resource may have.
    TooManyTags = (400, ResourceExhausted, SERVICE),
    /// A member breaks its constraint, or a request is too large.
    ValidationException = (400, InvalidArgument, VALIDATE),
    /// [`ErrorCode::ValidationException`] under the name that a request by query string is told.
    ValidationError = (400, InvalidArgument, VALIDATE),
    /// Not allowed.
    AccessDeniedException = (400, PermissionDenied, CORAL),
    /// The signature does not conform to AWS standards.
    IncompleteSignature = (400, Unauthenticated, CORAL),
    /// A fault of ours.
    InternalFailure = (500, Internal, CORAL),
    /// No such action.
    InvalidAction = (400, Unimplemented, CORAL),
    /// No such access key.
    InvalidClientTokenId = (403, Unauthenticated, CORAL),
    /// Parameters that exclude each other.
    InvalidParameterCombination = (400, InvalidArgument, CORAL),
    /// A parameter's value is invalid or out of range.
    InvalidParameterValue = (400, InvalidArgument, CORAL),
    /// The query string does not adhere to AWS standards.
    InvalidQueryParameter = (400, InvalidArgument, CORAL),
    /// The query string has a syntax error.
    MalformedQueryString = (404, InvalidArgument, CORAL),
    /// The request names no action.
    MissingAction = (400, InvalidArgument, CORAL),
    /// No credentials.
    MissingAuthenticationToken = (403, Unauthenticated, CORAL),
    /// A required parameter is not there.
    MissingParameter = (400, InvalidArgument, CORAL),
    /// The account is not subscribed.
    OptInRequired = (403, PermissionDenied, CORAL),
    /// The date of the request is too far off.
    RequestExpired = (400, Unauthenticated, CORAL),
    /// The body is not the JSON that the action takes.
    SerializationException = (400, InvalidArgument, CORAL),
    /// Nothing is known to have happened; the same call may be made again.
    ServiceUnavailable = (503, Unavailable, CORAL),
    /// Too many requests.
    ThrottlingException = (400, ResourceExhausted, CORAL),
    /// The request's headers name no action that there is.
    UnknownOperationException = (400, Unimplemented, CORAL),
}

impl ErrorCode {
    /// The code with the documented name `name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// An error as a caller sees it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    code: ErrorCode,
    message: String,
}

impl ApiError {
    /// An error with its message; what is longer than [`MAX_MESSAGE_BYTES`] is cut.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let mut message = message.into();
        if message.len() > MAX_MESSAGE_BYTES {
            message.truncate(message.floor_char_boundary(MAX_MESSAGE_BYTES));
            message.push('…');
        }
        Self { code, message }
    }

    /// Which error.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// Its message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The store or a peer can't be reached, or did not answer in time; `what` says which and why.
    #[must_use]
    pub fn unavailable(what: impl fmt::Display) -> Self {
        Self::new(ErrorCode::ServiceUnavailable, what.to_string())
    }
}

impl From<stepwell_ids::ArnError> for ApiError {
    fn from(error: stepwell_ids::ArnError) -> Self {
        Self::new(ErrorCode::InvalidArn, error.to_string())
    }
}

impl From<stepwell_ids::NameError> for ApiError {
    fn from(error: stepwell_ids::NameError) -> Self {
        Self::new(ErrorCode::InvalidName, error.to_string())
    }
}

impl From<ApiError> for Status {
    fn from(error: ApiError) -> Self {
        let details = ErrorDetails::with_error_info(error.code.name(), DOMAIN, HashMap::new());
        Self::with_error_details(error.code.grpc(), error.message, details)
    }
}

impl From<Status> for ApiError {
    /// A status without our details comes from the transport: unreachable peers and broken
    /// connections are `ServiceUnavailable`, anything else is a fault of ours. A connection that
    /// breaks while it is used can give any code; the status then has the transport's error.
    fn from(status: Status) -> Self {
        let details = status.get_details_error_info();
        let named = details.filter(|info| info.domain == DOMAIN);
        let code = named.and_then(|info| ErrorCode::from_name(&info.reason));
        let code = code.unwrap_or(match status.code() {
            _ if status.source().is_some() => ErrorCode::ServiceUnavailable,
            Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Unknown => {
                ErrorCode::ServiceUnavailable
            }
            _ => ErrorCode::InternalFailure,
        });
        Self::new(code, status.message())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn every_code_survives_the_way_through_a_status() {
        for code in ErrorCode::ALL {
            let error = ApiError::new(*code, "Invalid Name: 'ä'");
            assert_eq!(ApiError::from(Status::from(error.clone())), error);
        }
    }

    #[test]
    fn a_foreign_status_is_no_documented_error() {
        let broken = ApiError::from(Status::unavailable("connection refused"));
        assert_eq!(broken.code(), ErrorCode::ServiceUnavailable);
        assert_eq!(ApiError::from(Status::internal("x")).code(), ErrorCode::InternalFailure);
        let mut torn = Status::internal("h2 protocol error");
        torn.set_source(Arc::new(std::io::Error::from(std::io::ErrorKind::BrokenPipe)));
        assert_eq!(ApiError::from(torn).code(), ErrorCode::ServiceUnavailable);
    }

    #[test]
    fn long_messages_are_cut() {
        let error = ApiError::new(ErrorCode::InvalidDefinition, "é".repeat(10_000));
        assert!(error.message().len() <= MAX_MESSAGE_BYTES + 3);
    }
}
