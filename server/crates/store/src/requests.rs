//! Requests to auth endpoints: how long they took and how they ended. Of reads only those that had hooks to consider, or
//! that failed.

use contract::ids::{ProjectId, RequestId, UserId};

use crate::{
    Conn, StoreError,
    db::{cell::args, filter::Filter, record::record},
};

record! {
    /// A request to an auth endpoint.
    pub struct RequestRecord in "requests" key id {
        /// Its id; the runs that it caused carry it.
        pub id: RequestId,
        /// The project.
        pub project_id: ProjectId,
        /// The endpoint.
        pub endpoint: String,
        /// The HTTP status of the answer.
        pub status: i64,
        /// The user that it was about.
        pub user_id: Option<UserId>,
        /// The address it came from.
        pub ip: Option<String>,
        /// When it began.
        pub started_at: i64,
        /// How long it took, in microseconds.
        pub duration_us: i64,
        /// How much of that hooks took.
        pub hooks_us: i64,
        /// The error code of the answer.
        pub error_code: Option<String>,
    }
}

/// How an endpoint fared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointStats {
    /// The endpoint.
    pub endpoint: String,
    /// How many requests there were.
    pub requests: i64,
    /// How many of them ended with a status of 400 or more.
    pub errors: i64,
    /// Median duration of the latest requests (at most 1,000), in microseconds.
    pub p50_us: i64,
    /// 95th percentile of the same.
    pub p95_us: i64,
    /// 95th percentile of the hooks' share of the same.
    pub hooks_p95_us: i64,
}

/// Requests to an endpoint within a span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// The endpoint.
    pub endpoint: String,
    /// When the span begins.
    pub from: i64,
    /// How many requests there were.
    pub requests: i64,
    /// How many of them ended with a status of 400 or more.
    pub errors: i64,
}

/// Which requests to list; what is `None` does not matter.
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "the fields mean what they mean in `RequestRecord`")]
pub struct RequestFilter<'a> {
    pub endpoint: Option<&'a str>,
    pub user: Option<&'a UserId>,
    pub error_code: Option<&'a str>,
}

/// Adds a request.
pub async fn insert(conn: &mut Conn, request: &RequestRecord) -> Result<(), StoreError> {
    conn.insert(request).await
}

/// Adds requests.
pub async fn insert_many(conn: &mut Conn, requests: &[RequestRecord]) -> Result<(), StoreError> {
    conn.insert_many(requests).await
}

/// The request with this id.
pub async fn by_id(
    conn: &mut Conn,
    project: &ProjectId,
    id: &RequestId,
) -> Result<Option<RequestRecord>, StoreError> {
    conn.find("WHERE project_id = $1 AND id = $2", args![project, id]).await
}

/// Requests, newest first, from behind `before`.
pub async fn list(
    conn: &mut Conn,
    project: &ProjectId,
    filter: RequestFilter<'_>,
    before: Option<&RequestId>,
    limit: u32,
) -> Result<Vec<RequestRecord>, StoreError> {
    let (tail, args) = Filter::new()
        .and("project_id = ?", project)
        .and_some("endpoint = ?", filter.endpoint)
        .and_some("user_id = ?", filter.user)
        .and_some("error_code = ?", filter.error_code)
        .page(before, limit);
    conn.list(&tail, args).await
}

/// How each endpoint fared since the given time. The percentiles are of its latest requests, at most 1,000, and each is a
/// value that one of them had.
pub async fn stats(
    conn: &mut Conn,
    project: &ProjectId,
    since: i64,
) -> Result<Vec<EndpointStats>, StoreError> {
    let rows = conn
        .rows(
            "SELECT endpoint, MAX(requests) AS requests, MAX(errors) AS errors,
                MIN(CASE WHEN place * 100 >= total * 50 THEN duration_us END) AS p50_us,
                MIN(CASE WHEN place * 100 >= total * 95 THEN duration_us END) AS p95_us,
                MIN(CASE WHEN hooks_place * 100 >= total * 95 THEN hooks_us END) AS hooks_p95_us
            FROM (
                SELECT endpoint, requests, errors, duration_us, hooks_us,
                    ROW_NUMBER() OVER (PARTITION BY endpoint ORDER BY duration_us) AS place,
                    ROW_NUMBER() OVER (PARTITION BY endpoint ORDER BY hooks_us) AS hooks_place,
                    COUNT(*) OVER (PARTITION BY endpoint) AS total
                FROM (
                    SELECT endpoint, duration_us, hooks_us, COUNT(*) OVER (PARTITION BY endpoint) AS requests,
                        COUNT(CASE WHEN status >= 400 THEN 1 END) OVER (PARTITION BY endpoint) AS errors,
                        ROW_NUMBER() OVER (PARTITION BY endpoint ORDER BY id DESC) AS age
                    FROM requests WHERE project_id = $1 AND started_at >= $2) aged
                WHERE age <= 1000) placed
            GROUP BY endpoint",
            args![project, since],
        )
        .await?;
    let all = rows.iter().map(|row| {
        Ok(EndpointStats {
            endpoint: row.get("endpoint")?,
            requests: row.get("requests")?,
            errors: row.get("errors")?,
            p50_us: row.get("p50_us")?,
            p95_us: row.get("p95_us")?,
            hooks_p95_us: row.get("hooks_p95_us")?,
        })
    });
    let mut all = all.collect::<Result<Vec<_>, StoreError>>()?;
    // Sorted here: the databases order letters differently.
    all.sort_unstable_by(|a, b| a.endpoint.cmp(&b.endpoint));
    Ok(all)
}

/// Requests per endpoint in spans of `width_ms` since the given time; spans without requests are left out.
pub async fn series(
    conn: &mut Conn,
    project: &ProjectId,
    since: i64,
    width_ms: i64,
) -> Result<Vec<Bucket>, StoreError> {
    let rows = conn
        .rows(
            "SELECT endpoint, span * $3 AS start, COUNT(*) AS requests,
                CAST(SUM(CASE WHEN status >= 400 THEN 1 ELSE 0 END) AS BIGINT) AS errors
            FROM (SELECT endpoint, status, started_at / $3 AS span FROM requests
                WHERE project_id = $1 AND started_at >= $2) r
            GROUP BY endpoint, span",
            args![project, since, width_ms.max(1)],
        )
        .await?;
    let buckets = rows.iter().map(|row| {
        Ok(Bucket {
            endpoint: row.get("endpoint")?,
            from: row.get("start")?,
            requests: row.get("requests")?,
            errors: row.get("errors")?,
        })
    });
    let mut buckets = buckets.collect::<Result<Vec<_>, StoreError>>()?;
    buckets.sort_unstable_by(|a, b| (a.from, &a.endpoint).cmp(&(b.from, &b.endpoint)));
    Ok(buckets)
}

/// Removes requests that began before the given time, at most `limit` of them; returns how many.
pub async fn prune(conn: &mut Conn, project: &ProjectId, before: i64, limit: u32) -> Result<u64, StoreError> {
    let filter = "project_id = $1 AND id IN (
        SELECT id FROM requests WHERE project_id = $1 AND started_at < $2 ORDER BY started_at LIMIT $3)";
    conn.delete::<RequestRecord>(filter, args![project, before, i64::from(limit)]).await
}
