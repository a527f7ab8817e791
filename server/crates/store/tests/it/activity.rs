//! Runs, requests and the log stream.

use contract::ids::HookId;
use serde_json::json;
use store::{
    hook_runs::{self, HookRun, HookStats, RunFilter, RunMode, VersionErrors},
    log_entries::{self, LogEntry, LogFilter, LogLevel},
    new_id,
    requests::{self, Bucket, EndpointStats, RequestFilter},
};

use crate::{
    fixtures::{NOW, request, run, unknown_user},
    harness::TestDb,
};

pub async fn runs_round_trip(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let hook = test.hook(&project, "t", "h").await.id;
    let user = unknown_user();
    let first = HookRun { user_id: Some(user.clone()), ..run(&project, &hook, "returned", NOW) };
    let second = HookRun {
        request_id: first.request_id.clone(),
        version: None,
        mode: RunMode::DryRun,
        reason: Some("not_interactive".into()),
        endpoint: None,
        ..run(&project, &hook, "skipped", NOW + 1)
    };
    let third = run(&project, &hook, "threw", NOW + 2);
    let mut lease = test.write().await;
    hook_runs::insert_many(&mut lease, &[first.clone(), second.clone(), third.clone()]).await.unwrap();
    hook_runs::insert_many(&mut lease, &[]).await.unwrap();
    assert_eq!(hook_runs::by_id(&mut lease, &project, &second.id).await.unwrap().as_ref(), Some(&second));
    assert_eq!(hook_runs::by_id(&mut lease, &other, &second.id).await.unwrap(), None);
    let of_request = hook_runs::by_request(&mut lease, &project, &first.request_id).await.unwrap();
    assert_eq!(of_request, [first.clone(), second.clone()]);
    assert_eq!(hook_runs::by_request(&mut lease, &other, &first.request_id).await.unwrap(), []);
    let any = RunFilter::default();
    for (filter, expected) in [
        (any, vec![&third.id, &second.id, &first.id]),
        (RunFilter { hook: Some(&hook), endpoint: Some("register"), ..any }, vec![&third.id, &first.id]),
        (RunFilter { outcome: Some("skipped"), ..any }, vec![&second.id]),
        (RunFilter { request: Some(&first.request_id), ..any }, vec![&second.id, &first.id]),
        (RunFilter { mode: Some(RunMode::DryRun), ..any }, vec![&second.id]),
        (RunFilter { user: Some(&user), trigger: Some("pre-user-registration"), ..any }, vec![&first.id]),
        (RunFilter { failed: true, ..any }, vec![&third.id]),
    ] {
        let found = hook_runs::list(&mut lease, &project, filter, None, 10).await.unwrap();
        assert_eq!(found.iter().map(|run| &run.id).collect::<Vec<_>>(), expected, "{filter:?}");
    }
    let older = hook_runs::list(&mut lease, &project, any, Some(&third.id), 1).await.unwrap();
    assert_eq!((older.len(), &older[0].id), (1, &second.id));
    assert!(hook_runs::list(&mut lease, &other, any, None, 10).await.unwrap().is_empty());
}

pub async fn run_statistics(test: TestDb) {
    let project = test.project("shop").await;
    let hook = test.hook(&project, "t", "h").await.id;
    let idle = test.hook(&project, "t", "idle").await.id;
    let mut runs = vec![run(&project, &hook, "returned", NOW - 1_000)];
    for (number, outcome) in ["returned", "denied", "threw", "limit", "skipped"].into_iter().enumerate() {
        runs.push(run(&project, &hook, outcome, NOW + i64::try_from(number).unwrap()));
    }
    runs.push(HookRun { version: Some(2), duration_us: 3_500, ..run(&project, &hook, "internal", NOW) });
    runs.push(HookRun { mode: RunMode::Unit, ..run(&project, &hook, "threw", NOW) });
    runs.push(run(&project, &idle, "skipped", NOW));
    let mut lease = test.write().await;
    hook_runs::insert_many(&mut lease, &runs).await.unwrap();
    let stats = hook_runs::stats_since(&mut lease, &project, NOW).await.unwrap();
    let expected = HookStats {
        hook_id: hook.clone(),
        runs: 5,
        errors: 3,
        denied: 1,
        p95_us: 3_500,
        last_run_at: NOW + 3,
    };
    assert_eq!(stats, [expected]);
    let versions = hook_runs::errors_by_version(&mut lease, &project, &hook).await.unwrap();
    let version = |version, runs, errors| VersionErrors { version, runs, errors };
    assert_eq!(versions, [version(2, 1, 1), version(1, 5, 2)]);
}

pub async fn percentiles_are_durations_that_a_run_had(test: TestDb) {
    let project = test.project("shop").await;
    let many = test.hook(&project, "t", "many").await.id;
    let one = test.hook(&project, "t", "one").await.id;
    let busy = test.hook(&project, "t", "busy").await.id;
    let timed = |hook, duration_us| HookRun { duration_us, ..run(&project, hook, "returned", NOW) };
    // Older, slower runs than the thousand that count.
    let mut runs: Vec<_> = (0..100).map(|_| timed(&busy, 9_000_000)).collect();
    runs.extend((1..=1_000).map(|number| timed(&busy, number * 10)));
    // Slow ones and fast ones mixed: 1, 100, 2, 99 …
    let mixed = (0..100).map(|number| if number % 2 == 0 { number / 2 + 1 } else { 100 - number / 2 });
    runs.extend(mixed.map(|duration_us| timed(&many, duration_us)));
    runs.push(HookRun { duration_us: 1_000_000, ..run(&project, &many, "skipped", NOW) });
    runs.push(HookRun { duration_us: 7, ..run(&project, &one, "threw", NOW) });
    let mut lease = test.write().await;
    hook_runs::insert_many(&mut lease, &runs).await.unwrap();
    let stats = hook_runs::stats_since(&mut lease, &project, NOW).await.unwrap();
    let p95 = |hook: &HookId| stats.iter().find(|stats| stats.hook_id == *hook).map(|stats| stats.p95_us);
    assert_eq!((p95(&many), p95(&one), p95(&busy)), (Some(95), Some(7), Some(9_500)));
    let of_busy = stats.iter().find(|stats| stats.hook_id == busy).unwrap();
    assert_eq!(of_busy.runs, 1_100, "all of them are counted");
}

pub async fn failures_are_counted_where_they_happened(test: TestDb) {
    let project = test.project("shop").await;
    let hook = test.hook(&project, "t", "h").await.id;
    let at = |endpoint: Option<&str>, outcome| HookRun {
        endpoint: endpoint.map(str::to_owned),
        ..run(&project, &hook, outcome, NOW)
    };
    let runs = [
        at(Some("login"), "threw"),
        at(Some("login"), "limit"),
        at(Some("login"), "denied"),
        at(Some("refresh"), "returned"),
        at(None, "threw"),
        HookRun { mode: RunMode::DryRun, ..at(Some("refresh"), "threw") },
        HookRun { started_at: NOW - 1, ..at(Some("refresh"), "threw") },
    ];
    let mut lease = test.write().await;
    hook_runs::insert_many(&mut lease, &runs).await.unwrap();
    let failures = hook_runs::failures_by_endpoint(&mut lease, &project, NOW).await.unwrap();
    assert_eq!(failures, [("login".to_owned(), 2)]);
}

pub async fn many_runs_are_added_and_pruned(test: TestDb) {
    let project = test.project("shop").await;
    let hook = test.hook(&project, "t", "h").await.id;
    let runs: Vec<_> = (0..1_000).map(|number| run(&project, &hook, "returned", NOW + number)).collect();
    let mut lease = test.write().await;
    hook_runs::insert_many(&mut lease, &runs).await.unwrap();
    assert_eq!(hook_runs::prune(&mut lease, &project, NOW + 700, 500).await.unwrap(), 500);
    assert_eq!(hook_runs::prune(&mut lease, &project, NOW + 700, 500).await.unwrap(), 200);
    assert_eq!(hook_runs::prune(&mut lease, &project, NOW + 700, 500).await.unwrap(), 0);
    let left = hook_runs::list(&mut lease, &project, RunFilter::default(), None, 1_000).await.unwrap();
    assert_eq!((left.len(), left[299].started_at), (300, NOW + 700));
}

pub async fn requests_round_trip(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let ok = request(&project, "login", 1_000, 200);
    let failed = request(&project, "login", 2_000, 401);
    let mut lease = test.write().await;
    requests::insert(&mut lease, &ok).await.unwrap();
    requests::insert_many(&mut lease, std::slice::from_ref(&failed)).await.unwrap();
    assert_eq!(requests::by_id(&mut lease, &project, &ok.id).await.unwrap().as_ref(), Some(&ok));
    assert_eq!(requests::by_id(&mut lease, &other, &ok.id).await.unwrap(), None);
    let filter = RequestFilter { error_code: Some("invalid_credentials"), ..RequestFilter::default() };
    assert_eq!(
        requests::list(&mut lease, &project, filter, None, 10).await.unwrap(),
        std::slice::from_ref(&failed)
    );
    let all = requests::list(&mut lease, &project, RequestFilter::default(), None, 10).await.unwrap();
    assert_eq!(all, [failed, ok]);
    assert_eq!(requests::prune(&mut lease, &project, NOW, 10).await.unwrap(), 0);
    assert_eq!(requests::prune(&mut lease, &project, NOW + 1, 10).await.unwrap(), 2);
}

pub async fn request_statistics(test: TestDb) {
    let project = test.project("shop").await;
    // Older, slower requests than the thousand that count for the percentiles.
    let mut rows: Vec<_> = (0..100).map(|_| request(&project, "login", 9_000_000, 500)).collect();
    rows.extend((1..=1_000).map(|number| request(&project, "login", number * 10, 200)));
    rows.push(request(&project, "Zeta", 70, 400));
    for row in &mut rows[..100] {
        row.started_at = NOW - 60_000;
    }
    let mut lease = test.write().await;
    requests::insert_many(&mut lease, &rows).await.unwrap();
    let stats = requests::stats(&mut lease, &project, NOW - 60_000).await.unwrap();
    let zeta = EndpointStats {
        endpoint: "Zeta".into(),
        requests: 1,
        errors: 1,
        p50_us: 70,
        p95_us: 70,
        hooks_p95_us: 7,
    };
    let login = EndpointStats {
        endpoint: "login".into(),
        requests: 1_100,
        errors: 100,
        p50_us: 5_000,
        p95_us: 9_500,
        hooks_p95_us: 950,
    };
    assert_eq!(stats, [zeta, login]);
    let buckets = requests::series(&mut lease, &project, NOW - 60_000, 60_000).await.unwrap();
    let bucket =
        |endpoint: &str, from, requests, errors| Bucket { endpoint: endpoint.into(), from, requests, errors };
    let start = NOW / 60_000 * 60_000;
    assert_eq!(
        buckets,
        [
            bucket("login", start - 60_000, 100, 100),
            bucket("Zeta", start, 1, 1),
            bucket("login", start, 1_000, 0),
        ]
    );
}

pub async fn log_entries_round_trip(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let hook = test.hook(&project, "t", "h").await.id;
    let entry = |kind: &str, level, created_at| LogEntry {
        id: new_id(created_at),
        project_id: project.clone(),
        kind: kind.into(),
        level,
        description: "it happened".into(),
        user_id: Some(unknown_user()),
        hook_id: Some(hook.clone()),
        request_id: Some(new_id(NOW)),
        details: json!({"line": 7}),
        created_at,
    };
    let failed = entry("failed_hook", LogLevel::Error, NOW);
    let login = entry("login", LogLevel::Info, NOW + 1);
    let register = request(&project, "register", 1_000, 201);
    let failed = LogEntry { request_id: Some(register.id.clone()), ..failed };
    let mut lease = test.write().await;
    requests::insert(&mut lease, &register).await.unwrap();
    log_entries::insert(&mut lease, &failed).await.unwrap();
    log_entries::insert_many(&mut lease, std::slice::from_ref(&login)).await.unwrap();
    assert_eq!(log_entries::by_id(&mut lease, &project, &login.id).await.unwrap().as_ref(), Some(&login));
    assert_eq!(log_entries::by_id(&mut lease, &other, &login.id).await.unwrap(), None);
    assert_eq!(serde_json::to_value(&login).unwrap()["type"], "login");
    let any = LogFilter::default();
    for (filter, expected) in [
        (any, vec![&login, &failed]),
        (LogFilter { kind: Some("failed_hook"), hook: Some(&hook), ..any }, vec![&failed]),
        (LogFilter { level: Some(LogLevel::Info), ..any }, vec![&login]),
        (LogFilter { user: login.user_id.as_ref(), ..any }, vec![&login]),
        (LogFilter { request: failed.request_id.as_ref(), ..any }, vec![&failed]),
        (LogFilter { endpoint: Some("register"), ..any }, vec![&failed]),
        (LogFilter { endpoint: Some("login"), ..any }, vec![]),
        (LogFilter { since: Some(NOW + 1), ..any }, vec![&login]),
        (LogFilter { after: Some(&failed.id), ..any }, vec![&login]),
    ] {
        let found = log_entries::list(&mut lease, &project, filter, None, 10).await.unwrap();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter:?}");
    }
    assert!(log_entries::list(&mut lease, &other, any, None, 10).await.unwrap().is_empty());
    assert_eq!(log_entries::prune(&mut lease, &project, NOW + 1, 10).await.unwrap(), 1);
}
