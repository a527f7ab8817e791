//! Project events: what is written to the outbox, in the transaction of the change, when something has happened.

use crate::words;

words! {
    /// A project event.
    pub enum Event {
        /// A user has been created.
        AuthSignup = "auth.signup",
        /// A user has signed in.
        AuthLogin = "auth.login",
        /// A user has signed out.
        AuthLogout = "auth.logout",
        /// An access token has been renewed.
        AuthTokenRefreshed = "auth.token.refreshed",
        /// A password reset has been asked for.
        AuthPasswordResetRequested = "auth.password.reset.requested",
        /// A password has been reset with a one-time token.
        AuthPasswordReset = "auth.password.reset",
        /// A user has changed the password.
        AuthPasswordChanged = "auth.password.changed",
        /// An e-mail verification has been asked for.
        AuthEmailVerificationRequested = "auth.email.verification.requested",
        /// An e-mail address has been verified.
        AuthEmailVerified = "auth.email.verified",
        /// A one-time password is to be sent.
        AuthOtpSend = "auth.otp.send",
        /// A user has been changed.
        UserUpdated = "user.updated",
        /// A user has been deleted.
        UserDeleted = "user.deleted",
        /// A record has been created.
        RecordCreated = "record.created",
        /// A record has been changed.
        RecordUpdated = "record.updated",
        /// A record has been deleted.
        RecordDeleted = "record.deleted",
        /// A role has been created, changed or deleted.
        RoleChanged = "role.changed",
        /// A connection has been created, changed or deleted.
        ConnectionChanged = "connection.changed",
        /// A resource server has been created, changed or deleted.
        ResourceServerChanged = "resource_server.changed",
        /// Permissions of a role have been assigned or removed.
        RolePermissionsChanged = "role.permissions.changed",
    }
}
