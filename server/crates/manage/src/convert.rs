//! Rows of the store as shapes of the contract, and checks that several resources share.

use contract::manage::{DatabaseChange, Mail};

use crate::{Outcome, invalid};

/// A mail.
pub(crate) fn mail(row: store::mails::Mail) -> Mail {
    Mail {
        id: row.id,
        recipient: row.recipient,
        subject: row.subject,
        text: row.text_body,
        html: row.html_body,
        kind: row.kind,
        status: row.status.as_str().to_owned(),
        error: row.error,
        created_at: row.created_at,
    }
}

/// A change that a dry run has caught.
pub(crate) fn change(change: store::Change) -> DatabaseChange {
    DatabaseChange {
        table: change.table.to_owned(),
        operation: change.operation.as_str().to_owned(),
        id: change.id,
        before: change.before,
        after: change.after,
    }
}

/// Host names, or `*.` and a domain.
pub(crate) fn check_hosts(field: &str, hosts: &[String]) -> Outcome<()> {
    if hosts.len() > 50 {
        return Err(invalid(field, "List at most 50 hosts."));
    }
    for host in hosts {
        let name = host.strip_prefix("*.").unwrap_or(host);
        let valid = !name.is_empty()
            && name.len() <= 253
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
            && !name.starts_with('.');
        if !valid {
            return Err(invalid(
                field,
                format!(
                    "“{}” is not a host name; write api.example.com or *.example.com, without a port.",
                    crate::shortened(host)
                ),
            ));
        }
    }
    Ok(())
}
