//! What keeps an instance in its owner's hands: administrators and API keys. It needs the database and the password
//! hasher, but no hooks and no sandbox, so that the command line can use it when those do not work.

use std::sync::Arc;

use auth::Auth;
use contract::error::{ErrorBody, ErrorCode};
use store::{Clock, Conn, Db, StoreError, admin_sessions, admins, instance_settings, projects};

use crate::{
    Actor, Outcome,
    access::{SETUP_TOKEN, new_admin, password_hash},
    audit::{self, Act},
    unknown_project,
};

/// Administrators and API keys. Cheap to clone.
#[derive(Clone)]
pub struct Instance {
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) auth: Auth,
}

impl Instance {
    /// Puts the parts together.
    pub fn new(db: Db, clock: Arc<dyn Clock>, auth: Auth) -> Self {
        Self { db, clock, auth }
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    pub(crate) async fn audited(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        act: Act<'_>,
    ) -> Result<(), StoreError> {
        audit::write(conn, self.now(), actor, act).await
    }

    /// The project of a slug as it is stored, for an actor that may see it; for no slug the instance, which not everybody
    /// may touch.
    pub(crate) async fn place(
        &self,
        actor: &Actor,
        slug: Option<&str>,
    ) -> Outcome<Option<projects::Project>> {
        let Some(slug) = slug else {
            actor.require_instance()?;
            return Ok(None);
        };
        let session = self.db.live();
        let found = projects::by_slug(&mut *session.read().await?, slug).await?;
        let found = found.filter(|project| actor.may_see(&project.id));
        found.map(Some).ok_or_else(|| unknown_project(slug))
    }

    /// The administrators, oldest first. For the command line.
    ///
    /// # Errors
    /// Database away.
    pub async fn admins(&self) -> Outcome<Vec<admins::Admin>> {
        let session = self.db.live();
        Ok(admins::list(&mut *session.read().await?).await?)
    }

    /// Makes an administrator from the command line or the environment; an address that is known keeps its name and
    /// password.
    ///
    /// # Errors
    /// Invalid field, database away.
    pub async fn create_admin(&self, email: &str, name: &str, password: &str) -> Outcome<bool> {
        let session = self.db.live();
        if admins::by_email(&mut *session.read().await?, email).await?.is_some() {
            return Ok(false);
        }
        let admin = new_admin(&self.auth, self.now(), email, name, password).await?;
        let mut conn = session.write().await?;
        instance_settings::delete(&mut conn, SETUP_TOKEN).await?;
        let admin = admins::insert(&mut conn, admin).await?;
        self.audited(&mut conn, &Actor::system(), Act::on_admin("admin.create", &admin.email)).await?;
        conn.commit().await?;
        Ok(true)
    }

    /// Removes an administrator with all sign-ins. The last one stays: without any, the next start would offer the set-up
    /// link again.
    ///
    /// # Errors
    /// `not_found`, `forbidden` for the last one, database away.
    pub async fn remove_admin(&self, email: &str) -> Outcome<()> {
        let session = self.db.live();
        let mut conn = session.write().await?;
        let admin = admins::by_email(&mut conn, email).await?.ok_or_else(|| unknown_admin(email))?;
        if admins::count(&mut conn).await? < 2 {
            return Err(ErrorBody::new(
                ErrorCode::Forbidden,
                "This is the only administrator. Make another one first.",
            ));
        }
        admins::delete(&mut conn, &admin.id).await?;
        self.audited(&mut conn, &Actor::system(), Act::on_admin("admin.remove", &admin.email)).await?;
        conn.commit().await?;
        Ok(())
    }

    /// Gives an administrator another password and ends all its sign-ins.
    ///
    /// # Errors
    /// `not_found`, invalid password, database away.
    pub async fn set_admin_password(&self, email: &str, password: &str) -> Outcome<()> {
        let hash = password_hash(&self.auth, password).await?;
        let session = self.db.live();
        let mut conn = session.write().await?;
        let admin = admins::by_email(&mut conn, email).await?.ok_or_else(|| unknown_admin(email))?;
        admins::set_password(&mut conn, &admin.id, &hash).await?;
        admin_sessions::delete_all(&mut conn, &admin.id, None).await?;
        self.audited(&mut conn, &Actor::system(), Act::on_admin("admin.password", &admin.email)).await?;
        conn.commit().await?;
        Ok(())
    }
}

fn unknown_admin(email: &str) -> ErrorBody {
    let message = format!("There is no administrator {}.", crate::shortened(email));
    ErrorBody::new(ErrorCode::NotFound, message)
}
