//! A database with one project, and a clock that stands still.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use contract::{ids::ProjectId, manage::ProjectSettings};
use store::{
    Clock, Db, new_id, projects,
    testing::{TempDb, temp_sqlite},
};

pub const START: i64 = 1_790_000_000_000;

/// A clock that tests move.
pub struct ManualClock(AtomicI64);

impl ManualClock {
    pub fn advance_s(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

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
    World {
        db: temp.db.clone(),
        clock: Arc::new(ManualClock(AtomicI64::new(START))),
        project: project.id,
        _keep: temp,
    }
}
