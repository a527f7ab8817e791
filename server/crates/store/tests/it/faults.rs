//! Calls that are dropped half-way, and servers that go away.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use store::{Db, Options, StoreError, instance_settings};

use crate::{fixtures::NOW, harness::TestDb};

/// Runs a future for so many steps, then drops it, as a server does when its client hangs up.
struct Dropped<F> {
    future: Pin<Box<F>>,
    steps: usize,
}

impl<F: Future> Future for Dropped<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.steps == 0 {
            return Poll::Ready(None);
        }
        self.steps -= 1;
        match self.future.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if self.steps == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

fn dropped<F: Future>(steps: usize, future: F) -> Dropped<F> {
    Dropped { future: Box::pin(future), steps }
}

async fn write_both(db: &Db, round: usize) -> Result<(), StoreError> {
    let mut lease = db.live().write().await?;
    instance_settings::set(&mut lease, "left", &json!(round), NOW).await?;
    instance_settings::set(&mut lease, "right", &json!(round), NOW).await?;
    lease.commit().await
}

async fn read_both(db: &Db) -> [Option<serde_json::Value>; 2] {
    // The writer's turn comes when the dropped write has ended: what is read is before or after it, not both.
    let mut lease = db.live().write().await.unwrap();
    let left = instance_settings::get(&mut lease, "left").await.unwrap();
    [left, instance_settings::get(&mut lease, "right").await.unwrap()]
}

/// BEGIN, each statement and COMMIT are dropped on the way.
pub async fn a_write_dropped_anywhere_leaves_a_clean_connection(test: TestDb) {
    // One connection, so that the next call gets that of the dropped one.
    let db = Db::connect(&test.url, &Options { max_connections: 1, ..Options::default() }).await.unwrap();
    let mut whole = 0;
    for round in 1..=40 {
        for _ in 0..3 {
            whole += usize::from(dropped(round, write_both(&db, round)).await.is_some());
            let [left, right] = read_both(&db).await;
            assert_eq!(left, right, "half of a write after {round} steps");
            write_both(&db, 1000 + round).await.unwrap();
            assert_eq!(read_both(&db).await, [Some(json!(1000 + round)), Some(json!(1000 + round))]);
        }
    }
    assert!(whole > 0, "some writes have to come to their end, or the last steps are not tried");
    assert_eq!(open_transactions(&test).await, 0);
    db.close().await;
}

pub async fn many_dropped_writes_at_once_leave_clean_connections(test: TestDb) {
    let calls = (0..200).map(|n| {
        let db = test.db.clone();
        tokio::spawn(async move { dropped(1 + n % 25, write_both(&db, n)).await.map(drop) })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap();
    }
    write_both(&test.db, 7).await.unwrap();
    assert_eq!(read_both(&test.db).await, [Some(json!(7)), Some(json!(7))]);
    // All of the pool's connections: none is still being rolled back.
    let _all = [test.read().await, test.read().await, test.read().await, test.read().await];
    assert_eq!(open_transactions(&test).await, 0);
}

pub async fn a_write_with_a_dropped_statement_is_not_committed(test: TestDb) {
    let right = json!(2);
    // A fast database may answer at the first step.
    for _ in 0..1000 {
        write_both(&test.db, 1).await.unwrap();
        let mut lease = test.write().await;
        instance_settings::set(&mut lease, "left", &json!(2), NOW).await.unwrap();
        if dropped(1, instance_settings::set(&mut lease, "right", &right, NOW)).await.is_some() {
            continue;
        }
        assert!(matches!(lease.commit().await, Err(StoreError::Failed)));
        write_both(&test.db, 3).await.unwrap();
        assert_eq!(read_both(&test.db).await, [Some(json!(3)), Some(json!(3))]);
        return;
    }
    panic!("no statement was dropped on its way");
}

/// A restart of the server, as its clients see it.
pub async fn connections_that_the_server_ended_are_not_used(test: TestDb) {
    if test.url.starts_with("sqlite") {
        return;
    }
    write_both(&test.db, 1).await.unwrap();
    for round in 2..6 {
        end_all(&test).await;
        write_both(&test.db, round).await.unwrap();
        end_all(&test).await;
        assert_eq!(read_both(&test.db).await, [Some(json!(round)), Some(json!(round))]);
        end_all(&test).await;
        test.db.ready(NOW).await.unwrap();
    }

    // In the middle of a write, and just before its end.
    let mut lease = test.write().await;
    instance_settings::set(&mut lease, "left", &json!(99), NOW).await.unwrap();
    end_all(&test).await;
    let error = instance_settings::set(&mut lease, "right", &json!(99), NOW).await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    assert!(lease.commit().await.is_err());
    let mut lease = test.write().await;
    instance_settings::set(&mut lease, "left", &json!(99), NOW).await.unwrap();
    end_all(&test).await;
    let error = lease.commit().await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    assert_eq!(read_both(&test.db).await, [Some(json!(5)), Some(json!(5))]);
    write_both(&test.db, 6).await.unwrap();
}

/// Ends every connection of the pool, which the server does when it stops.
async fn end_all(test: &TestDb) {
    let mut conn = PgConnection::connect(&test.url).await.unwrap();
    let sql = "SELECT COUNT(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    sqlx::query(sql).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

/// Connections that sit in a transaction that no call knows of.
async fn open_transactions(test: &TestDb) -> i64 {
    if test.url.starts_with("sqlite") {
        return 0;
    }
    let mut conn = PgConnection::connect(&test.url).await.unwrap();
    let sql = "SELECT COUNT(*) FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    let open = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    open
}
