//! What is called for a started task, and the result that a good answer makes. No IO.
//!
//! A function's ARN as the resource has the function's own result. `lambda:invoke` takes the
//! request of Lambda's `Invoke` and gives its answer, with the members that the service gives.

use crate::outcome::Answer;
use stepwell_json::{Object, Value};

/// A call to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Invocation {
    /// Name or ARN.
    pub(crate) function: String,
    /// `Qualifier`
    pub(crate) qualifier: Option<String>,
    /// Headers of the request beyond the usual ones.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// JSON text.
    pub(crate) payload: String,
    pub(crate) shape: Shape,
}

/// What the result of a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The function's own.
    Function,
    /// The answer of the service.
    Service,
}

/// The parameters that become headers.
const HEADERS: &[(&str, &str)] = &[
    ("InvocationType", "x-amz-invocation-type"),
    ("LogType", "x-amz-log-type"),
    ("ClientContext", "x-amz-client-context"),
];

/// Headers of an answer as the service spells and orders them (recorded); others come after.
const SPELLINGS: &[&str] = &[
    "X-Amz-Log-Result",
    "X-Amz-Executed-Version",
    "X-Amz-Function-Error",
    "x-amzn-Remapped-Content-Length",
    "Connection",
    "x-amzn-RequestId",
    "Content-Length",
    "Date",
    "X-Amzn-Trace-Id",
    "Content-Type",
];

impl Invocation {
    /// The call of a task with this resource and input.
    ///
    /// # Errors
    /// Says why it can't be made.
    pub(crate) fn of(resource: String, input: String) -> Result<Self, String> {
        let integration =
            resource.splitn(6, ':').nth(5).filter(|_| resource.split(':').nth(2) == Some("states"));
        match integration {
            None => Ok(Self {
                function: resource,
                qualifier: None,
                headers: Vec::new(),
                payload: input,
                shape: Shape::Function,
            }),
            Some("lambda:invoke" | "lambda:invoke.waitForTaskToken") => Self::of_parameters(&input),
            Some(_) => Err(format!("This version can't call {resource}")),
        }
    }

    fn of_parameters(input: &str) -> Result<Self, String> {
        let parameters = stepwell_json::parse(input)
            .map_err(|error| format!("The parameters of lambda:invoke can't be read: {error}"))?;
        let text = |name: &str| match parameters.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.to_string())),
            Some(other) => Err(format!("The parameter {name} must be a text, it is {other}")),
        };
        let function = text("FunctionName")?;
        let mut headers = Vec::new();
        for (parameter, header) in HEADERS {
            headers.extend(text(parameter)?.map(|value| (*header, value)));
        }
        let payload = match parameters.get("Payload") {
            // Recorded: a payload that is nothing is an empty event.
            None | Some(Value::Null) => "{}".to_owned(),
            // Recorded: a text is taken for the JSON of the event, and sent as it is.
            Some(Value::String(event)) => event.to_string(),
            Some(payload) => payload.to_json(),
        };
        Ok(Self {
            function: function.ok_or("The parameter FunctionName is missing")?,
            qualifier: text("Qualifier")?,
            headers,
            payload,
            shape: Shape::Service,
        })
    }

    /// Who gave a result that is too large, in the words of the service.
    pub(crate) fn who(&self) -> &str {
        match self.shape {
            Shape::Function => &self.function,
            Shape::Service => "lambda",
        }
    }
}

/// The result of `lambda:invoke`, in the order of members that the service gives it.
pub(crate) fn service_result(answer: &Answer) -> Value {
    let mut members = Object::new();
    let header = |name: &str| {
        let found = answer.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| Value::from(value.as_str()))
    };
    members.extend(header("x-amz-executed-version").map(|it| ("ExecutedVersion".into(), it)));
    members.extend(header("x-amz-log-result").map(|it| ("LogResult".into(), it)));
    let text = String::from_utf8_lossy(&answer.body);
    let payload = stepwell_json::parse(&text).unwrap_or_else(|_| Value::from(&*text));
    members.insert("Payload".into(), payload);
    members.insert("SdkHttpMetadata".into(), http_metadata(answer));
    let request_id = header("x-amzn-requestid").map(|it| ("RequestId".into(), it));
    let metadata: Object = request_id.into_iter().collect();
    members.insert("SdkResponseMetadata".into(), metadata.into());
    members.insert("StatusCode".into(), i64::from(answer.status).into());
    members.into()
}

fn http_metadata(answer: &Answer) -> Value {
    let mut headers: Vec<_> =
        answer.headers.iter().map(|(name, value)| (spelled(name), value)).collect();
    headers.sort_by_key(|(name, _)| {
        SPELLINGS.iter().position(|known| known == name).unwrap_or(SPELLINGS.len())
    });
    let mut all = Object::new();
    for (name, value) in &headers {
        let mut values = match all.get(*name) {
            Some(Value::Array(values)) => values.to_vec(),
            _ => Vec::new(),
        };
        values.push(Value::from(value.as_str()));
        all.insert((*name).into(), values.into());
    }
    headers.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    let single: Object =
        headers.iter().map(|(name, value)| ((*name).into(), Value::from(value.as_str()))).collect();
    let members = [
        ("AllHttpHeaders", all.into()),
        ("HttpHeaders", single.into()),
        ("HttpStatusCode", i64::from(answer.status).into()),
    ];
    members.into_iter().map(|(name, value)| (name.into(), value)).collect::<Object>().into()
}

fn spelled(name: &str) -> &str {
    SPELLINGS.iter().find(|known| known.eq_ignore_ascii_case(name)).copied().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVOKE: &str = "arn:aws:states:::lambda:invoke";

    #[test]
    fn a_function_s_arn_is_called_with_the_input() {
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
        let call = Invocation::of(arn.into(), "[1.0]".into()).unwrap();
        assert_eq!((&*call.function, &*call.payload, call.shape), (arn, "[1.0]", Shape::Function));
        assert_eq!(call.who(), arn);
    }

    #[test]
    fn parameters_become_a_request() {
        let input = r#"{"FunctionName":"f","Payload":{"a":1.0},"Qualifier":"7","LogType":"Tail"}"#;
        let call = Invocation::of(INVOKE.into(), input.into()).unwrap();
        assert_eq!(
            call,
            Invocation {
                function: "f".into(),
                qualifier: Some("7".into()),
                headers: vec![("x-amz-log-type", "Tail".into())],
                payload: r#"{"a":1.0}"#.into(),
                shape: Shape::Service,
            }
        );
        assert_eq!(call.who(), "lambda");
        for (payload, sent) in
            [("", "{}"), (r#","Payload":null"#, "{}"), (r#","Payload":"\"x\"""#, "\"x\"")]
        {
            let input = format!(r#"{{"FunctionName":"f"{payload}}}"#);
            assert_eq!(Invocation::of(INVOKE.into(), input).unwrap().payload, sent);
        }
    }

    #[test]
    fn what_can_not_be_called_is_told() {
        for (resource, input, why) in [
            (INVOKE, "{}", "The parameter FunctionName is missing"),
            (INVOKE, r#"{"FunctionName":1}"#, "The parameter FunctionName must be a text, it is 1"),
            (
                "arn:aws:states:::sqs:sendMessage",
                "{}",
                "This version can't call arn:aws:states:::sqs:sendMessage",
            ),
        ] {
            assert_eq!(Invocation::of(resource.into(), input.into()).unwrap_err(), why);
        }
    }

    #[test]
    fn the_service_s_answer_has_its_members() {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let answer = Answer {
            status: 200,
            headers: vec![
                header("content-type", "application/json"),
                header("x-amzn-requestid", "r"),
                header("x-amz-executed-version", "$LATEST"),
                header("x-own", "1"),
            ],
            body: b"{\"a\": 1.0}".to_vec(),
            ..Answer::default()
        };
        assert_eq!(
            service_result(&answer).to_json(),
            "{\"ExecutedVersion\":\"$LATEST\",\"Payload\":{\"a\":1.0},\"SdkHttpMetadata\":\
             {\"AllHttpHeaders\":{\"X-Amz-Executed-Version\":[\"$LATEST\"],\
             \"x-amzn-RequestId\":[\"r\"],\"Content-Type\":[\"application/json\"],\"x-own\":[\"1\"]},\
             \"HttpHeaders\":{\"Content-Type\":\"application/json\",\
             \"X-Amz-Executed-Version\":\"$LATEST\",\"x-amzn-RequestId\":\"r\",\"x-own\":\"1\"},\
             \"HttpStatusCode\":200},\"SdkResponseMetadata\":{\"RequestId\":\"r\"},\"StatusCode\":200}"
        );
    }
}
