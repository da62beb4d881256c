//! What an answer of a Lambda endpoint means to the task. No IO.
//!
//! Errors and causes are those of the service: the function's own `errorType` with its error
//! body, and `Lambda.<exception>` for what the Lambda API refuses.

use crate::invocation::{Shape, service_result};
use serde_json::Value;
use stepwell_api::internal::report_task_request::Report;
use stepwell_api::internal::{TaskFailure, TaskFailureKind};

/// Most characters of an error and of a cause (API reference, history events).
const ERROR_CHARACTERS: usize = 256;
const CAUSE_CHARACTERS: usize = 32_768;

/// What an endpoint answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// `X-Amz-Function-Error`
    pub(crate) function_error: Option<String>,
    /// `X-Amzn-ErrorType`
    pub(crate) error_type: Option<String>,
    /// `x-amzn-RequestId`
    pub(crate) request_id: Option<String>,
    /// Every header, as received.
    pub(crate) headers: Vec<(String, String)>,
    /// At most as many bytes as the caller was ready to read.
    pub(crate) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// The call was not made.
    NotSent(String),
    /// The call was made, and what became of it is not known.
    Lost(String),
    /// The function's result has more bytes than a result may have.
    TooLong,
}

/// What to report of a call to `who`, whose result has this shape.
pub(crate) fn report(who: &str, shape: Shape, answer: Result<Answer, NoAnswer>) -> Report {
    match answer {
        Ok(answer) => read(shape, &answer),
        Err(NoAnswer::NotSent(why)) => {
            Report::Failure(not_sent(TaskFailureKind::StartFailed, &why))
        }
        Err(NoAnswer::Lost(why)) => failed("Lambda.Unknown", why),
        Err(NoAnswer::TooLong) => failed(
            "States.DataLimitExceeded",
            format!(
                "The state/task '{who}' returned a result with a size exceeding the maximum \
                 number of bytes service limit."
            ),
        ),
    }
}

/// The failure of a call that was not made.
pub(crate) fn not_sent(kind: TaskFailureKind, why: &str) -> TaskFailure {
    failure(kind, "Lambda.SdkClientException", why.to_owned())
}

fn read(shape: Shape, answer: &Answer) -> Report {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    if !(200..300).contains(&answer.status) {
        return refused(answer, &text);
    }
    if answer.function_error.is_some() {
        let error = member(&text, "errorType").filter(|error| !error.is_empty());
        let cause = match shape {
            // Recorded: the service writes the body anew for lambda:invoke, without white space.
            Shape::Service => stepwell_json::parse(&text).map_or(text, |body| body.to_json()),
            Shape::Function => text,
        };
        return failed(error.as_deref().unwrap_or("Lambda.Unknown"), cause);
    }
    if shape == Shape::Service {
        return Report::Output(service_result(answer).to_json());
    }
    // A function that returns nothing.
    let text = if text.is_empty() { "null".to_owned() } else { text };
    match stepwell_json::parse(&text) {
        Ok(_) if answer.body.is_empty() || std::str::from_utf8(&answer.body).is_ok() => {
            Report::Output(text)
        }
        Ok(_) => failed(
            "Lambda.SdkClientException",
            "The function's result can't be read: it is not UTF-8".to_owned(),
        ),
        Err(error) => failed(
            "Lambda.SdkClientException",
            format!("The function's result can't be read: it is not JSON: {error}"),
        ),
    }
}

/// An error of the Lambda API.
fn refused(answer: &Answer, text: &str) -> Report {
    let named = answer.error_type.clone().or_else(|| member(text, "__type"));
    // Names come with a namespace before, or a URL behind.
    let named = named.as_deref().and_then(|name| name.rsplit('#').next()?.split(':').next());
    let code = named.filter(|name| !name.is_empty()).unwrap_or(match answer.status {
        404 => "ResourceNotFoundException",
        429 => "TooManyRequestsException",
        500..=599 => "ServiceException",
        _ => "AWSLambdaException",
    });
    let message = member(text, "Message").or_else(|| member(text, "message"));
    let cause = format!(
        "{} (Service: AWSLambda; Status Code: {}; Error Code: {code}; Request ID: {}; Proxy: null)",
        message.as_deref().unwrap_or("null"),
        answer.status,
        answer.request_id.as_deref().unwrap_or("null"),
    );
    failed(&format!("Lambda.{code}"), cause)
}

/// A text in a JSON object; none where it is another thing.
fn member(text: &str, name: &str) -> Option<String> {
    match serde_json::from_str(text).ok()? {
        Value::Object(mut object) => match object.remove(name)? {
            Value::String(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

fn failed(error: &str, cause: String) -> Report {
    Report::Failure(failure(TaskFailureKind::Failed, error, cause))
}

fn failure(kind: TaskFailureKind, error: &str, cause: String) -> TaskFailure {
    let error = cut(error.to_owned(), ERROR_CHARACTERS);
    let cause = cut(cause, CAUSE_CHARACTERS);
    TaskFailure { kind: kind.into(), error: Some(error), cause: Some(cause) }
}

fn cut(mut text: String, characters: usize) -> String {
    if let Some((at, _)) = text.char_indices().nth(characters) {
        text.truncate(at);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.into(), ..Answer::default() }
    }

    fn error_and_cause(answer: Result<Answer, NoAnswer>) -> (String, String) {
        match report("f", Shape::Function, answer) {
            Report::Failure(TaskFailure { error: Some(error), cause: Some(cause), .. }) => {
                (error, cause)
            }
            other => panic!("not a failure: {other:?}"),
        }
    }

    #[test]
    fn results_are_passed_on_as_they_are() {
        for text in ["{\"a\": 1}", "null", "0.0", "\"HelloWorld\"", "true", "[ ]"] {
            assert_eq!(
                report("f", Shape::Function, Ok(answer(200, text))),
                Report::Output(text.into())
            );
        }
        assert_eq!(
            report("f", Shape::Function, Ok(answer(200, ""))),
            Report::Output("null".into())
        );
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        let (error, cause) = error_and_cause(Ok(answer(200, "<html>")));
        assert_eq!(error, "Lambda.SdkClientException");
        assert!(
            cause.starts_with("The function's result can't be read: it is not JSON"),
            "{cause}"
        );
        let body = b"\"\xff\"".to_vec();
        let (error, _) = error_and_cause(Ok(Answer { status: 200, body, ..Answer::default() }));
        assert_eq!(error, "Lambda.SdkClientException");
    }

    #[test]
    fn a_function_s_error_is_told_by_its_type_with_its_body() {
        let body = r#"{"errorMessage": "no", "errorType": "CustomException"}"#;
        for (body, error) in [
            (body, "CustomException"),
            (r#"{"errorMessage": "no"}"#, "Lambda.Unknown"),
            (r#"{"errorType": 1}"#, "Lambda.Unknown"),
            ("killed", "Lambda.Unknown"),
        ] {
            let answer = Answer { function_error: Some("Unhandled".into()), ..answer(200, body) };
            assert_eq!(error_and_cause(Ok(answer)), (error.into(), body.into()));
        }
    }

    #[test]
    fn the_body_of_an_error_of_lambda_invoke_is_written_without_white_space() {
        for (body, cause) in [
            (
                r#"{"errorMessage": "n o", "errorType": "E"}"#,
                r#"{"errorMessage":"n o","errorType":"E"}"#,
            ),
            ("killed by hand", "killed by hand"),
        ] {
            let answer = Answer { function_error: Some("Unhandled".into()), ..answer(200, body) };
            let Report::Failure(failure) = report("lambda", Shape::Service, Ok(answer)) else {
                panic!("not a failure")
            };
            assert_eq!(failure.cause.as_deref(), Some(cause));
        }
    }

    #[test]
    fn errors_of_the_api_are_told_as_the_service_tells_them() {
        let refused = Answer {
            error_type: Some("ResourceNotFoundException:http://x/".into()),
            request_id: Some("r".into()),
            ..answer(404, r#"{"Type":"User","Message":"Function not found: f"}"#)
        };
        let (error, cause) = error_and_cause(Ok(refused));
        assert_eq!(error, "Lambda.ResourceNotFoundException");
        assert_eq!(
            cause,
            "Function not found: f (Service: AWSLambda; Status Code: 404; Error Code: \
             ResourceNotFoundException; Request ID: r; Proxy: null)"
        );
        for (status, body, error) in [
            (404, "", "Lambda.ResourceNotFoundException"),
            (429, r#"{"Reason":"CallerRateLimitExceeded"}"#, "Lambda.TooManyRequestsException"),
            (500, "", "Lambda.ServiceException"),
            (503, "<html>", "Lambda.ServiceException"),
            (
                400,
                r#"{"__type":"a#InvalidRequestContentException"}"#,
                "Lambda.InvalidRequestContentException",
            ),
            (403, "", "Lambda.AWSLambdaException"),
        ] {
            assert_eq!(error_and_cause(Ok(answer(status, body))).0, error);
        }
    }

    #[test]
    fn calls_without_an_answer_are_told_apart() {
        let (error, _) = error_and_cause(Err(NoAnswer::Lost("reset".into())));
        assert_eq!(error, "Lambda.Unknown");
        let (error, _) = error_and_cause(Err(NoAnswer::TooLong));
        assert_eq!(error, "States.DataLimitExceeded");
        let refused = report("f", Shape::Function, Err(NoAnswer::NotSent("refused".into())));
        let Report::Failure(failure) = refused else { panic!("not a failure") };
        assert_eq!(failure.kind(), TaskFailureKind::StartFailed);
        assert_eq!(failure.error.as_deref(), Some("Lambda.SdkClientException"));
    }

    #[test]
    fn errors_and_causes_are_cut_to_what_a_history_holds() {
        let body = format!(r#"{{"errorType": "{}"}}"#, "é".repeat(40_000));
        let function_error = Some("Handled".into());
        let (error, cause) = error_and_cause(Ok(Answer { function_error, ..answer(200, &body) }));
        assert_eq!((error.chars().count(), cause.chars().count()), (256, 32_768));
    }
}
