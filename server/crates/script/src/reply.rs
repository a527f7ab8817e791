//! What the JavaScript guest answers: a status byte and text.

/// What is read of the text of a failure of the engine, in bytes.
const MOST_BROKEN: usize = 1 << 10;

/// One answer.
pub enum Reply {
    /// JSON text of the result.
    Done(String),
    /// JSON text that describes an exception.
    Threw(String),
    /// The engine inside the guest failed.
    Broken(String),
    /// The result is longer than it may be.
    TooLong,
}

impl Reply {
    /// Reads an answer whose text may have at most `most` bytes.
    pub fn read(bytes: &[u8], most: usize) -> Self {
        let Some((status, text)) = bytes.split_first() else {
            return Self::Broken("the guest gave no answer".to_owned());
        };
        // The status comes first: what a broken engine says about a length is not to be believed.
        if *status > 1 {
            let text = text.get(..MOST_BROKEN).unwrap_or(text);
            return Self::Broken(String::from_utf8_lossy(text).into_owned());
        }
        if text.len() > most {
            return Self::TooLong;
        }
        let text = String::from_utf8_lossy(text).into_owned();
        if *status == 0 { Self::Done(text) } else { Self::Threw(text) }
    }
}
