//! What the e-mails of this crate say, unless a project's hook delivers its own.

use delivery::mail::{Mailbox, NewMail};
use hooks::ProjectInfo;
use store::tickets::TicketPurpose;

/// The e-mail that brings a one-time token.
pub(crate) fn ticket(
    project: &ProjectInfo,
    purpose: TicketPurpose,
    recipient: Mailbox,
    token: &str,
) -> NewMail {
    let name = &project.name;
    let settings = &project.settings;
    let (subject, ask, link, life) = match purpose {
        TicketPurpose::VerifyEmail => (
            format!("Confirm your e-mail address for {name}"),
            format!("please confirm that this is your e-mail address for {name}"),
            &settings.verify_email_url,
            "24 hours",
        ),
        TicketPurpose::ResetPassword => (
            format!("Set a new password for {name}"),
            format!("somebody, probably you, wants to set a new password for {name}"),
            &settings.reset_password_url,
            "one hour",
        ),
    };
    // The tokens are of characters that need no escaping in an address.
    let how = if link.is_empty() {
        format!("Your one-time token:\n\n{token}")
    } else {
        format!("Follow this link:\n\n{}", link.replace("{token}", token))
    };
    let text = format!(
        "Hello,\n\n{ask}.\n\n{how}\n\nIt works once, within {life}. If this was not you, ignore this e-mail.\n"
    );
    NewMail {
        recipient,
        subject: subject.replace(['\r', '\n'], " "),
        text,
        html: None,
        kind: purpose.as_str().into(),
    }
}
