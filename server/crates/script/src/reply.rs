//! What the JavaScript guest answers: a status byte and text.

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
        if text.len() > most {
            return Self::TooLong;
        }
        let text = String::from_utf8_lossy(text).into_owned();
        match status {
            0 => Self::Done(text),
            1 => Self::Threw(text),
            _ => Self::Broken(text),
        }
    }
}
