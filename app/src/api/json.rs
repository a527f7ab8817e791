//! JSON as the console's server functions speak it, and as the data of a rendered page is written into it.

#[cfg(any(target_arch = "wasm32", test))]
mod reader;

use leptos::server::codee::{Decoder, Encoder};
use leptos::server_fn::codec::Post;
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Arguments in the body of a `POST`, and the answer, as JSON.
pub(crate) type Json = Post<JsonText>;

/// JSON that is read as text. What a page was rendered with is text too, so the browser has one reader for each type
/// instead of two.
pub struct JsonText;

impl ContentType for JsonText {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonText {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(output).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonText {
    type Error = Unreadable;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        read(std::str::from_utf8(&bytes).map_err(serde::de::Error::custom)?)
    }
}

impl<T: Serialize> Encoder<T> for JsonText {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for JsonText {
    type Error = Unreadable;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Self::Error> {
        read(text)
    }
}

/// The browser's reader is small; that of the server, which reads what anybody may send, says what is wrong.
#[cfg(target_arch = "wasm32")]
pub(crate) use self::reader::{Unreadable, read};
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use serde_json::{Error as Unreadable, from_str as read};
