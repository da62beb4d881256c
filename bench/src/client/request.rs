//! Requests as AWS SDKs send them, signed before they are needed (Signature Version 4).

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

const KEY_ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const REGION: &str = "us-east-1";
const HOST: &str = "states.us-east-1.amazonaws.com";
const MEDIA_TYPE: &str = "application/x-amz-json-1.0";
const SIGNED: &str = "content-type;host;x-amz-date;x-amz-target";

/// The bytes of a request of an action with this JSON body.
pub(crate) fn request(action: &str, body: &str) -> Vec<u8> {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    let (day, time) = (now.strftime("%Y%m%d").to_string(), now.strftime("%Y%m%dT%H%M%SZ"));
    let target = format!("AWSStepFunctions.{action}");
    let scope = format!("{day}/{REGION}/states/aws4_request");
    let canonical = format!(
        "POST\n/\n\ncontent-type:{MEDIA_TYPE}\nhost:{HOST}\nx-amz-date:{time}\n\
         x-amz-target:{target}\n\n{SIGNED}\n{}",
        hex(&Sha256::digest(body))
    );
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for part in [&day, REGION, "states", "aws4_request"] {
        key = keyed(&key, part);
    }
    let signature = hex(&keyed(&key, &to_sign));
    format!(
        "POST / HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: {MEDIA_TYPE}\r\nx-amz-date: {time}\r\n\
         x-amz-target: {target}\r\nauthorization: AWS4-HMAC-SHA256 Credential={KEY_ID}/{scope}, \
         SignedHeaders={SIGNED}, Signature={signature}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    // An HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // A string takes whatever is written to it.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
