//! Ready hooks to start from.

use contract::{catalogue::triggers::Trigger, manage::Template};

/// All templates. Each compiles against the types of its trigger; a test runs every one.
pub fn templates() -> Vec<Template> {
    let template = |id: &str, trigger, title: &str, summary: &str, source: &str| Template {
        id: id.into(),
        title: title.into(),
        summary: summary.into(),
        trigger,
        source: source.into(),
    };
    vec![
        template(
            "work-email-only",
            Trigger::PreUserRegistration,
            "Refuse free e-mail providers",
            "Companies sign up with a work address; everyone else is told why not.",
            include_str!("templates/work-email-only.ts"),
        ),
        template(
            "signup-metadata",
            Trigger::PreUserRegistration,
            "Remember how a user signed up",
            "Writes date and address of the sign-up to the user’s metadata.",
            include_str!("templates/signup-metadata.ts"),
        ),
        template(
            "block-domains",
            Trigger::ValidateRegistrationUsername,
            "Block throw-away addresses",
            "Refuses addresses at disposable e-mail providers before anything else happens.",
            include_str!("templates/block-domains.ts"),
        ),
        template(
            "welcome-mail",
            Trigger::PostUserRegistration,
            "Send a welcome mail",
            "Greets a new user through the project’s mail provider.",
            include_str!("templates/welcome-mail.ts"),
        ),
        template(
            "plan-claim",
            Trigger::PostUserLogin,
            "Put the plan into the token",
            "Copies a value of app_metadata into a claim of the access token.",
            include_str!("templates/plan-claim.ts"),
        ),
        template(
            "verified-only",
            Trigger::PostUserLogin,
            "Let verified users in only",
            "Refuses the login until the e-mail address has been verified.",
            include_str!("templates/verified-only.ts"),
        ),
        template(
            "audit-login",
            Trigger::AfterLogin,
            "Log every login",
            "Writes a line to the run log after each login with a password.",
            include_str!("templates/audit-login.ts"),
        ),
        template(
            "own-reset-mail",
            Trigger::SendPasswordResetEmail,
            "Send reset mails yourself",
            "Delivers the password reset token with your own text.",
            include_str!("templates/own-reset-mail.ts"),
        ),
    ]
}
