//! Runs of hooks, and why others did not run.

use contract::ids::{HookId, ProjectId, RequestId, RunId, UserId};
use serde_json::Value;

use crate::{
    Conn, StoreError,
    db::{
        cell::args,
        filter::Filter,
        record::{record, text_enum},
    },
};

text_enum! {
    /// On whose behalf a hook ran.
    pub enum RunMode {
        /// For real.
        Live = "live",
        /// Alone, in a test.
        Unit = "unit",
        /// With its endpoint, in a test that changes nothing.
        DryRun = "dry_run",
    }
}

record! {
    /// One run of a hook, or the reason why there was none.
    pub struct HookRun in "hook_runs" key id {
        /// Its id.
        pub id: RunId,
        /// The project.
        pub project_id: ProjectId,
        /// The hook.
        pub hook_id: HookId,
        /// The number of the version that ran; `None`: the draft.
        pub version: Option<i64>,
        /// The canonical id of the trigger.
        pub trigger_id: String,
        /// The request that caused it.
        pub request_id: RequestId,
        /// The endpoint of the request.
        pub endpoint: Option<String>,
        /// On whose behalf.
        pub mode: RunMode,
        /// How it ended: `returned`, `denied`, `threw`, `limit`, `skipped`, `busy`, `internal` …
        pub outcome: String,
        /// In short, why it was skipped, denied or failed.
        pub reason: Option<String>,
        /// Error, logs, recorded calls, host calls, input and output.
        pub detail: Value,
        /// The user that the request was about.
        pub user_id: Option<UserId>,
        /// When it began.
        pub started_at: i64,
        /// How long it took, in microseconds.
        pub duration_us: i64,
        /// CPU time, in microseconds.
        pub cpu_us: i64,
        /// Memory at the end, in bytes.
        pub memory_bytes: i64,
    }
}

record! {
    /// A run without its detail.
    pub struct RunSummary in "hook_runs" key id {
        /// Its id.
        pub id: RunId,
        /// The hook.
        pub hook_id: HookId,
        /// The number of the version that ran; `None`: the draft.
        pub version: Option<i64>,
        /// The canonical id of the trigger.
        pub trigger_id: String,
        /// The request that caused it.
        pub request_id: RequestId,
        /// The endpoint of the request.
        pub endpoint: Option<String>,
        /// On whose behalf.
        pub mode: RunMode,
        /// How it ended.
        pub outcome: String,
        /// In short, why it was skipped, denied or failed.
        pub reason: Option<String>,
        /// The user that the request was about.
        pub user_id: Option<UserId>,
        /// When it began.
        pub started_at: i64,
        /// How long it took, in microseconds.
        pub duration_us: i64,
        /// CPU time, in microseconds.
        pub cpu_us: i64,
        /// Memory at the end, in bytes.
        pub memory_bytes: i64,
    }
}

/// Which runs to list; what is `None` does not matter.
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "the fields mean what they mean in `HookRun`")]
pub struct RunFilter<'a> {
    pub hook: Option<&'a HookId>,
    pub endpoint: Option<&'a str>,
    pub trigger: Option<&'a str>,
    pub outcome: Option<&'a str>,
    pub request: Option<&'a RequestId>,
    pub user: Option<&'a UserId>,
    pub mode: Option<RunMode>,
    /// Only runs that ended in one of [`FAILURES`].
    pub failed: bool,
}

/// The outcomes that count as errors.
pub const FAILURES: [&str; 4] = ["threw", "limit", "busy", "internal"];

const FAILED: &str = "outcome IN ('threw', 'limit', 'busy', 'internal')";

/// How a hook fared in live traffic.
#[derive(Debug, Clone, PartialEq)]
pub struct HookStats {
    /// The hook.
    pub hook_id: HookId,
    /// How often it ran (skipped runs do not count).
    pub runs: i64,
    /// How many of the runs ended in one of [`FAILURES`].
    pub errors: i64,
    /// How many of the runs denied.
    pub denied: i64,
    /// 95th percentile of the latest runs' durations (at most 1,000 of them), in microseconds: one that a run had.
    pub p95_us: i64,
    /// When it last ran.
    pub last_run_at: i64,
}

/// How a version of a hook fared in live traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionErrors {
    /// The version's number.
    pub version: i64,
    /// How often it ran.
    pub runs: i64,
    /// How many of the runs ended in one of [`FAILURES`].
    pub errors: i64,
}

/// Adds runs.
pub async fn insert_many(conn: &mut Conn, runs: &[HookRun]) -> Result<(), StoreError> {
    conn.insert_many(runs).await
}

/// The run with this id.
pub async fn by_id(conn: &mut Conn, project: &ProjectId, id: &RunId) -> Result<Option<HookRun>, StoreError> {
    conn.find("WHERE project_id = $1 AND id = $2", args![project, id]).await
}

/// The run with this id, without its detail.
pub async fn summary_by_id(
    conn: &mut Conn,
    project: &ProjectId,
    id: &RunId,
) -> Result<Option<RunSummary>, StoreError> {
    conn.find("WHERE project_id = $1 AND id = $2", args![project, id]).await
}

/// The detail of a run whose summary could be read; null when it cannot be read itself.
pub async fn detail(conn: &mut Conn, project: &ProjectId, id: &RunId) -> Result<Value, StoreError> {
    match by_id(conn, project, id).await {
        Ok(run) => Ok(run.map(|run| run.detail).unwrap_or_default()),
        Err(StoreError::Corrupt { .. }) => {
            tracing::error!(run.id = %id, "the detail of a run cannot be read");
            Ok(Value::Null)
        }
        Err(error) => Err(error),
    }
}

/// The runs of a request, in their order, at most 200.
pub async fn by_request(
    conn: &mut Conn,
    project: &ProjectId,
    request: &RequestId,
) -> Result<Vec<HookRun>, StoreError> {
    let tail = "WHERE project_id = $1 AND request_id = $2 ORDER BY id LIMIT 200";
    conn.list(tail, args![project, request]).await
}

/// Runs, newest first, from behind `before`.
pub async fn list(
    conn: &mut Conn,
    project: &ProjectId,
    filter: RunFilter<'_>,
    before: Option<&RunId>,
    limit: u32,
) -> Result<Vec<RunSummary>, StoreError> {
    let mut wanted = Filter::new()
        .and("project_id = ?", project)
        .and_some("hook_id = ?", filter.hook)
        .and_some("endpoint = ?", filter.endpoint)
        .and_some("trigger_id = ?", filter.trigger)
        .and_some("outcome = ?", filter.outcome)
        .and_some("request_id = ?", filter.request)
        .and_some("user_id = ?", filter.user)
        .and_some("mode = ?", filter.mode);
    if filter.failed {
        wanted = wanted.and_plain(FAILED);
    }
    let (tail, args) = wanted.page(before, limit);
    conn.list(&tail, args).await
}

/// How the hooks of a project fared in live traffic since the given time. The percentile is of a hook's latest runs, at
/// most 1,000: those are read backwards from the index, and only they are sorted.
pub async fn stats_since(
    conn: &mut Conn,
    project: &ProjectId,
    since: i64,
) -> Result<Vec<HookStats>, StoreError> {
    const COUNTS: &str = "mode = 'live' AND outcome <> 'skipped'";
    let sql = format!(
        "SELECT hook_id, runs, errors, denied, last_run_at,
            (SELECT MIN(CASE WHEN place * 100 >= total * 95 THEN duration_us END)
            FROM (SELECT duration_us, ROW_NUMBER() OVER (ORDER BY duration_us) AS place, COUNT(*) OVER () AS total
                FROM (SELECT duration_us FROM hook_runs
                    WHERE project_id = $1 AND hook_id = counted.hook_id AND id >= counted.first_id
                        AND started_at >= $2 AND {COUNTS}
                    ORDER BY id DESC LIMIT 1000) latest) placed) AS p95_us
        FROM (SELECT hook_id, COUNT(*) AS runs, CAST(SUM(CASE WHEN {FAILED} THEN 1 ELSE 0 END) AS BIGINT) AS errors,
                CAST(SUM(CASE WHEN outcome = 'denied' THEN 1 ELSE 0 END) AS BIGINT) AS denied,
                MAX(started_at) AS last_run_at, MIN(id) AS first_id
            FROM hook_runs WHERE project_id = $1 AND started_at >= $2 AND {COUNTS}
            GROUP BY hook_id) counted
        ORDER BY hook_id"
    );
    let rows = conn.rows(sql, args![project, since]).await?;
    let stats = rows.iter().map(|row| {
        Ok(HookStats {
            hook_id: row.get("hook_id")?,
            runs: row.get("runs")?,
            errors: row.get("errors")?,
            denied: row.get("denied")?,
            p95_us: row.get("p95_us")?,
            last_run_at: row.get("last_run_at")?,
        })
    });
    stats.collect()
}

/// How many runs of each endpoint failed in live traffic since the given time. Endpoints without any are left out.
pub async fn failures_by_endpoint(
    conn: &mut Conn,
    project: &ProjectId,
    since: i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    let sql = format!(
        "SELECT endpoint, COUNT(*) AS failures FROM hook_runs
        WHERE project_id = $1 AND started_at >= $2 AND mode = 'live' AND {FAILED} AND endpoint IS NOT NULL
        GROUP BY endpoint"
    );
    let rows = conn.rows(sql, args![project, since]).await?;
    rows.iter().map(|row| Ok((row.get("endpoint")?, row.get("failures")?))).collect()
}

/// How the versions of a hook fared in live traffic, newest first.
pub async fn errors_by_version(
    conn: &mut Conn,
    project: &ProjectId,
    hook: &HookId,
) -> Result<Vec<VersionErrors>, StoreError> {
    let sql = format!(
        "SELECT version, COUNT(*) AS runs, CAST(SUM(CASE WHEN {FAILED} THEN 1 ELSE 0 END) AS BIGINT) AS errors
        FROM hook_runs
        WHERE project_id = $1 AND hook_id = $2 AND mode = 'live' AND outcome <> 'skipped' AND version IS NOT NULL
        GROUP BY version ORDER BY version DESC"
    );
    let rows = conn.rows(sql, args![project, hook]).await?;
    let stats = rows.iter().map(|row| {
        Ok(VersionErrors { version: row.get("version")?, runs: row.get("runs")?, errors: row.get("errors")? })
    });
    stats.collect()
}

/// Removes runs that began before the given time, at most `limit` of them; returns how many.
pub async fn prune(conn: &mut Conn, project: &ProjectId, before: i64, limit: u32) -> Result<u64, StoreError> {
    let filter = "project_id = $1 AND id IN (
        SELECT id FROM hook_runs WHERE project_id = $1 AND started_at < $2 ORDER BY started_at LIMIT $3)";
    conn.delete::<RunSummary>(filter, args![project, before, i64::from(limit)]).await
}
