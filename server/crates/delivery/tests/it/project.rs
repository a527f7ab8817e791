//! A database with one project, and a clock that stands still.

use std::sync::Arc;

use contract::{ids::ProjectId, manage::ProjectSettings};
use store::{
    Db, new_id, projects,
    testing::{ManualClock, TempDb, temp_sqlite},
};

pub const START: i64 = 1_790_000_000_000;

pub struct World {
    pub db: Db,
    pub clock: Arc<ManualClock>,
    pub project: ProjectId,
    _keep: TempDb,
}

pub async fn world() -> World {
    let temp = temp_sqlite().await.unwrap();
    let settings =
        ProjectSettings { mail_from: "Shop <no-reply@shop.test>".into(), ..ProjectSettings::default() };
    let project = projects::Project {
        id: new_id(START),
        slug: "shop".into(),
        name: "Shop".into(),
        environment: "production".into(),
        custom_host: None,
        is_default: true,
        settings: serde_json::to_value(settings).unwrap(),
        created_at: START,
        updated_at: START,
    };
    let mut lease = temp.db.live().write().await.unwrap();
    projects::insert(&mut lease, &project).await.unwrap();
    lease.commit().await.unwrap();
    World { db: temp.db.clone(), clock: Arc::new(ManualClock::at(START)), project: project.id, _keep: temp }
}
