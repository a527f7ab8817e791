//! Projects, their users and mails.

use contract::{
    catalogue::payloads::User,
    error::{ErrorBody, ErrorCode},
    ids::{Id as _, MailId, ProjectId, UserId},
    manage::{CreateProject, MailPage, Project, ProjectSettings, Scope, UpdateProject, UserPage},
};
use delivery::mail::Mailbox;
use serde_json::json;
use store::{mails, projects, users};

use crate::{Actor, Manage, Outcome, audit::Act, custom_host, invalid, page, unchanged, unknown_project};

const PER_PAGE: u32 = 50;

impl Manage {
    /// The projects that the actor may see, oldest first.
    ///
    /// # Errors
    /// Missing scope `read:projects`, database away.
    pub async fn projects(&self, actor: &Actor) -> Outcome<Vec<Project>> {
        actor.require(Scope::ReadProjects)?;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let rows = projects::list(&mut conn).await?;
        Ok(rows.into_iter().filter(|row| actor.may_see(&row.id)).map(dto).collect())
    }

    /// A project.
    ///
    /// # Errors
    /// Unknown project, missing scope `read:projects`, database away.
    pub async fn project(&self, actor: &Actor, slug: &str) -> Outcome<Project> {
        actor.require(Scope::ReadProjects)?;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let row = projects::by_slug(&mut conn, slug).await?.filter(|row| actor.may_see(&row.id));
        row.map(dto).ok_or_else(|| unknown_project(slug))
    }

    /// Makes a project. The first one serves requests that name none.
    ///
    /// # Errors
    /// Missing scope `update:projects`, invalid field, `already_exists`, database away.
    pub async fn create_project(&self, actor: &Actor, request: CreateProject) -> Outcome<Project> {
        actor.require(Scope::UpdateProjects)?;
        actor.require_instance()?;
        let name = name(&request.name)?;
        let slug = match request.slug.as_deref().map(str::trim).filter(|slug| !slug.is_empty()) {
            Some(slug) => slug.to_owned(),
            None => slug_of(&name),
        };
        check_slug(&slug)?;
        let environment = environment(request.environment.as_deref().unwrap_or("production"))?;
        let now = self.now();
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        let row = projects::Project {
            id: store::new_id::<ProjectId>(now),
            slug: slug.clone(),
            name,
            environment,
            custom_host: None,
            is_default: projects::default_project(&mut conn).await?.is_none(),
            settings: serde_json::to_value(ProjectSettings::default()).unwrap_or_default(),
            created_at: now,
            updated_at: now,
        };
        projects::insert(&mut conn, &row).await?;
        store::deployments::bump(&mut conn).await?;
        let act = Act {
            project: Some(&row.id),
            action: "project.create",
            target_kind: "project",
            target: &slug,
            details: json!({"name": row.name}),
        };
        self.audited(&mut conn, actor, act).await?;
        conn.commit().await?;
        self.reload(&row.id).await?;
        // Made now, so that neither the first login nor a dry run has to.
        self.inner.auth.ensure_keys(&row.id).await?;
        Ok(dto(row))
    }

    /// Changes a project; settings go live at once. The custom host is changed by those only who may touch every
    /// project.
    ///
    /// # Errors
    /// Unknown project, missing scope `update:projects`, `forbidden`, invalid field, `already_exists`, database away;
    /// `conflict` when it was changed since the given time.
    pub async fn update_project(
        &self,
        actor: &Actor,
        slug: &str,
        mut request: UpdateProject,
    ) -> Outcome<Project> {
        actor.require(Scope::UpdateProjects)?;
        let info = self.project_info(actor, slug)?;
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        let mut row = projects::lock(&mut conn, &info.id).await?.ok_or_else(|| unknown_project(slug))?;
        unchanged("project", request.updated_at.take(), row.updated_at)?;
        // Later than the last change even within one millisecond: it stands for the state that was seen.
        let now = self.now().max(row.updated_at + 1);
        let before = ProjectSettings::deserialize_or_default(&row.settings);
        if let Some(new) = &request.name {
            row.name = name(new)?;
        }
        if let Some(new) = &request.environment {
            row.environment = environment(new)?;
        }
        if let Some(host) = &request.custom_host {
            let host = custom_host::parse(host, &self.inner.base_url)?;
            if host != row.custom_host {
                // A host takes requests away from whoever had it, so it is the instance's to give.
                actor.require_instance()?;
            }
            row.custom_host = host;
        }
        if let Some(settings) = &mut request.settings {
            trim_settings(settings);
            // Added later than the other settings: programs that do not know it leave it out.
            settings.refresh_reuse_seconds = settings.refresh_reuse_seconds.or(before.refresh_reuse_seconds);
            check_settings(settings, &before)?;
            row.settings = serde_json::to_value(settings).unwrap_or_default();
        }
        let row = projects::update(&mut conn, &row, now).await?.ok_or_else(|| unknown_project(slug))?;
        store::deployments::bump(&mut conn).await?;
        let bypass = request.settings.as_ref().map(|settings| settings.bypass_hooks);
        let action = match bypass {
            Some(true) if !before.bypass_hooks => "project.bypass_hooks_on",
            Some(false) if before.bypass_hooks => "project.bypass_hooks_off",
            _ => "project.update",
        };
        let act = Act {
            project: Some(&row.id),
            action,
            target_kind: "project",
            target: slug,
            details: json!({"changes": request}),
        };
        self.audited(&mut conn, actor, act).await?;
        conn.commit().await?;
        self.reload(&row.id).await?;
        Ok(dto(row))
    }

    /// Deletes a project with everything in it.
    ///
    /// # Errors
    /// Unknown project, missing scope `update:projects`, `invalid_field` for the default project, database away.
    pub async fn delete_project(&self, actor: &Actor, slug: &str) -> Outcome<()> {
        actor.require(Scope::UpdateProjects)?;
        actor.require_instance()?;
        let info = self.project_info(actor, slug)?;
        if info.is_default {
            return Err(ErrorBody::new(
                ErrorCode::Forbidden,
                "The default project serves requests that name none, so it cannot be deleted.",
            ));
        }
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        projects::delete(&mut conn, &info.id).await?;
        store::deployments::bump(&mut conn).await?;
        let act = Act {
            project: None,
            action: "project.delete",
            target_kind: "project",
            target: slug,
            details: json!({"id": info.id, "name": info.name}),
        };
        self.audited(&mut conn, actor, act).await?;
        conn.commit().await?;
        self.reload(&info.id).await
    }

    /// Makes a new signing key; tokens of the old one stay valid until they expire.
    ///
    /// # Errors
    /// Unknown project, missing scope `update:projects`, database away.
    pub async fn rotate_keys(&self, actor: &Actor, slug: &str) -> Outcome<()> {
        actor.require(Scope::UpdateProjects)?;
        let info = self.project_info(actor, slug)?;
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        let key = self.inner.auth.rotate_keys(&mut conn, &info.id).await?;
        let act = Act {
            project: Some(&info.id),
            action: "project.rotate_keys",
            target_kind: "signing_key",
            target: key.as_str(),
            details: json!({}),
        };
        self.audited(&mut conn, actor, act).await?;
        conn.commit().await?;
        self.inner.auth.keys_changed(&info.id).await;
        Ok(())
    }

    /// A page of users, newest first. `search` looks in addresses and names.
    ///
    /// # Errors
    /// Unknown project, missing scope `read:users`, wrong cursor, database away.
    pub async fn users(
        &self,
        actor: &Actor,
        slug: &str,
        search: Option<String>,
        cursor: Option<String>,
    ) -> Outcome<UserPage> {
        actor.require(Scope::ReadUsers)?;
        let project = self.project_info(actor, slug)?;
        let before = page::cursor::<UserId>(cursor)?;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let search = search.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let rows = users::list(&mut conn, &project.id, search, before.as_ref(), PER_PAGE).await?;
        let next = page::next(&rows, PER_PAGE, |row| &row.id);
        Ok(UserPage { users: rows.iter().map(::hooks::user_payload).collect(), next })
    }

    /// A user.
    ///
    /// # Errors
    /// Unknown project, missing scope `read:users`, `not_found`, database away.
    pub async fn user(&self, actor: &Actor, slug: &str, id: &UserId) -> Outcome<User> {
        actor.require(Scope::ReadUsers)?;
        let project = self.project_info(actor, slug)?;
        let session = self.inner.db.live();
        let found = users::by_id(&mut *session.read().await?, &project.id, id).await?;
        found
            .as_ref()
            .map(::hooks::user_payload)
            .ok_or_else(|| ErrorBody::new(ErrorCode::NotFound, "There is no such user in this project."))
    }

    /// A page of e-mails, newest first.
    ///
    /// # Errors
    /// Unknown project, missing scope `read:mails`, wrong cursor, database away.
    pub async fn mails(&self, actor: &Actor, slug: &str, cursor: Option<String>) -> Outcome<MailPage> {
        actor.require(Scope::ReadMails)?;
        let project = self.project_info(actor, slug)?;
        let before = page::cursor::<MailId>(cursor)?;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let any = mails::MailFilter::default();
        let rows = mails::list(&mut conn, &project.id, any, before.as_ref(), PER_PAGE).await?;
        let next = page::next(&rows, PER_PAGE, |row| &row.id);
        Ok(MailPage { mails: rows.into_iter().map(crate::convert::mail).collect(), next })
    }
}

fn dto(row: projects::Project) -> Project {
    Project {
        settings: ProjectSettings::deserialize_or_default(&row.settings),
        id: row.id,
        slug: row.slug,
        name: row.name,
        environment: row.environment,
        custom_host: row.custom_host,
        is_default: row.is_default,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

fn name(text: &str) -> Outcome<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 80 {
        return Err(invalid("name", "Use a name of 1 to 80 characters."));
    }
    Ok(text.to_owned())
}

fn environment(text: &str) -> Outcome<String> {
    let text = text.trim();
    let valid = (1..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if valid {
        Ok(text.to_owned())
    } else {
        Err(invalid("environment", "Use lower-case letters, digits and hyphens, such as production."))
    }
}

fn slug_of(name: &str) -> String {
    let words: Vec<String> = name
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.join("-").chars().take(40).collect::<String>().trim_end_matches('-').to_owned()
}

fn check_slug(slug: &str) -> Outcome<()> {
    let valid = (1..=40).contains(&slug.len())
        && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !slug.starts_with('-')
        && !slug.ends_with('-');
    if valid {
        return Ok(());
    }
    Err(invalid(
        "slug",
        "A slug has 1 to 40 lower-case letters, digits and hyphens, and begins and ends with a letter or digit.",
    ))
}

/// Takes the space around texts away, which comes from copying them and means nothing.
fn trim_settings(settings: &mut ProjectSettings) {
    let ProjectSettings { mail_from, verify_email_url, reset_password_url, allowed_hosts, .. } = settings;
    for text in [mail_from, verify_email_url, reset_password_url].into_iter().chain(allowed_hosts) {
        *text = text.trim().to_owned();
    }
}

/// Checks what differs from the settings `before`. What is stored stays, also if an older version with wider rules took
/// it: it must not keep anyone from switching the hooks off.
fn check_settings(settings: &ProjectSettings, before: &ProjectSettings) -> Outcome<()> {
    let mut stored = before.clone();
    trim_settings(&mut stored);
    let in_range = |field: &str, value: u32, stored: u32, low: u32, high: u32| {
        if value == stored || (low..=high).contains(&value) {
            return Ok(());
        }
        Err(invalid(&format!("settings.{field}"), format!("Choose a number from {low} to {high}.")))
    };
    let (new, old) = (settings, &stored);
    in_range("password_min_length", new.password_min_length, old.password_min_length, 6, 128)?;
    in_range("access_token_seconds", new.access_token_seconds, old.access_token_seconds, 60, 86_400)?;
    in_range("refresh_token_seconds", new.refresh_token_seconds, old.refresh_token_seconds, 300, 31_536_000)?;
    in_range("refresh_reuse_seconds", new.reuse_seconds(), old.reuse_seconds(), 0, 60)?;
    in_range("retention_days", new.retention_days, old.retention_days, 1, 3650)?;
    if new.mail_from != old.mail_from {
        check_sender(&new.mail_from)?;
    }
    for (field, link, old) in [
        ("verify_email_url", &new.verify_email_url, &old.verify_email_url),
        ("reset_password_url", &new.reset_password_url, &old.reset_password_url),
    ] {
        if link == old {
            continue;
        }
        let usable = link.is_empty()
            || ((link.starts_with("https://") || link.starts_with("http://")) && link.contains("{token}"));
        if !usable || link.len() > 2000 {
            return Err(invalid(
                &format!("settings.{field}"),
                "Enter a link that begins with https:// and contains {token}, or nothing.",
            ));
        }
    }
    if new.allowed_hosts == old.allowed_hosts {
        return Ok(());
    }
    crate::convert::check_hosts("settings.allowed_hosts", &new.allowed_hosts)
}

fn check_sender(sender: &str) -> Outcome<()> {
    let refused = |message: String| Err(invalid("settings.mail_from", message));
    match Mailbox::parse(sender) {
        Err(why) => refused(format!("Enter a sender, such as Acme <no-reply@example.com>: {why}.")),
        Ok(_) if sender.len() > 320 => refused("Use a sender of at most 320 bytes.".into()),
        Ok(_) => Ok(()),
    }
}
