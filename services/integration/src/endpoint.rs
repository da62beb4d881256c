//! The Lambda endpoint: `POST /2015-03-31/functions/{ARN}/invocations` (Lambda API, `Invoke`).

use crate::invocation::Invocation;
use crate::outcome::{Answer, NoAnswer};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, Url, redirect};
use std::error::Error as _;
use std::fmt::Write as _;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(3);
/// Most bytes of an answer that are read: more than any payload limit lets through.
const MOST_BYTES: usize = 8 << 20;

/// Why an endpoint can't be used; told in one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Not a URL of a server.
    #[error("lambda endpoint {0:?}: {1}, must be like http://127.0.0.1:9000")]
    Url(String, String),
    /// The HTTP client can't be made.
    #[error("the HTTP client for Lambda can't be made: {0}")]
    Client(String),
}

/// Where functions are called.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    base: Url,
    client: Client,
    /// How long a call may take.
    patience: Duration,
}

impl Endpoint {
    /// The endpoint at `url`, with calls of at most `patience`.
    pub(crate) fn new(url: &str, patience: Duration) -> Result<Self, EndpointError> {
        let refused = |why: &str| EndpointError::Url(url.to_owned(), why.to_owned());
        let base = Url::parse(url).map_err(|error| refused(&error.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(refused("not an HTTP URL"));
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(refused("has a query or a fragment"));
        }
        // Set already where another part of the process needed it first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .tcp_nodelay(true)
            .build()
            .map_err(|error| EndpointError::Client(error.to_string()))?;
        Ok(Self { base, client, patience })
    }

    /// Whether the endpoint takes connections at present.
    ///
    /// # Errors
    /// Says why it does not.
    pub(crate) async fn probe(&self) -> Result<(), String> {
        let host = self.base.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let port = self.base.port_or_known_default().unwrap_or_default();
        match timeout(CONNECT, TcpStream::connect((host, port))).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(self.unreachable(&error.to_string())),
            Err(_) => Err(self.unreachable("no answer in time")),
        }
    }

    /// Calls a function, once.
    pub(crate) async fn invoke(&self, call: &Invocation) -> Result<Answer, NoAnswer> {
        let mut url = self.url(&call.function);
        if let Some(qualifier) = &call.qualifier {
            url.query_pairs_mut().append_pair("Qualifier", qualifier);
        }
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let usual = HeaderValue::from_static("RequestResponse");
        headers.insert("x-amz-invocation-type", usual);
        for (name, value) in &call.headers {
            let value = HeaderValue::from_str(value).map_err(|_| {
                NoAnswer::NotSent(format!(
                    "The value of the header {name} can't be sent: {value:?}"
                ))
            })?;
            headers.insert(*name, value);
        }
        let request = self.client.post(url).headers(headers).body(call.payload.clone());
        let sent = request.timeout(self.patience).send().await;
        let response = sent.map_err(|error| self.no_answer(&error))?;
        let header = |headers: &HeaderMap, name| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.map(str::to_owned)
        };
        let headers = response.headers();
        Ok(Answer {
            status: response.status().as_u16(),
            function_error: header(headers, "x-amz-function-error"),
            error_type: header(headers, "x-amzn-errortype"),
            request_id: header(headers, "x-amzn-requestid"),
            headers: texts(headers),
            body: self.read(response).await?,
        })
    }

    async fn read(&self, mut response: Response) -> Result<Vec<u8>, NoAnswer> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.no_answer(&error))? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(NoAnswer::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn no_answer(&self, error: &reqwest::Error) -> NoAnswer {
        let mut why = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            // Writing to a String can't fail.
            let _ = write!(why, ": {cause}");
            source = cause.source();
        }
        if error.is_connect() || error.is_builder() {
            NoAnswer::NotSent(self.unreachable(&why))
        } else if error.is_timeout() {
            let seconds = self.patience.as_secs();
            NoAnswer::Lost(format!("The function did not answer within {seconds} seconds"))
        } else {
            NoAnswer::Lost(format!("The answer of the function was lost: {why}"))
        }
    }

    fn unreachable(&self, why: &str) -> String {
        format!("Unable to reach the Lambda endpoint {}: {why}", self.base)
    }

    fn url(&self, function: &str) -> Url {
        let mut url = self.base.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/2015-03-31/functions/{}/invocations", encode(function)));
        url
    }
}

/// The text as one segment of a path.
/// The headers of an answer that are texts.
fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    headers.iter().filter_map(text).collect()
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_one_segment_of_the_path() {
        for base in ["http://localhost:9000", "http://localhost:9000/"] {
            let endpoint = Endpoint::new(base, Duration::from_secs(1)).unwrap();
            assert_eq!(
                endpoint.url("arn:aws:lambda:us-east-1:0:function:a/é").as_str(),
                "http://localhost:9000/2015-03-31/functions/\
                 arn%3Aaws%3Alambda%3Aus-east-1%3A0%3Afunction%3Aa%2F%C3%A9/invocations"
            );
        }
        let endpoint = Endpoint::new("https://h/under", Duration::from_secs(1)).unwrap();
        let expected = "https://h/under/2015-03-31/functions/f/invocations";
        assert_eq!(endpoint.url("f").as_str(), expected);
    }

    #[test]
    fn what_is_no_endpoint_is_refused_in_one_line() {
        for url in ["", "localhost:9000", "ftp://h", "http://", "http://h/?a", "unix:/a"] {
            let refused = Endpoint::new(url, Duration::from_secs(1)).unwrap_err().to_string();
            assert!(refused.starts_with("lambda endpoint \""), "{refused}");
            assert!(!refused.contains('\n'));
        }
    }
}
