//! How a test ended, in words.

use ::hooks::Denial;
use contract::{
    catalogue::triggers::OnError,
    manage::{Run, RunOutcome, TestResponse, Verdict, VerdictKind},
};

/// Of a hook that ran alone.
pub(crate) fn of_unit(run: &Run, denial: Option<&Denial>, on_error: OnError) -> Verdict {
    let took = milliseconds(run.summary.duration_us);
    match (run.summary.outcome, denial) {
        (RunOutcome::Denied, Some(denial)) => Verdict {
            kind: VerdictKind::Denied,
            title: format!("Denied: {}", denial.reason),
            detail: format!("The user sees “{}” · {took}", denial.message),
        },
        (RunOutcome::Returned | RunOutcome::Denied, _) => {
            let calls = run.api_calls.len();
            let asked = match calls {
                0 => "it asked nothing of the server".to_owned(),
                1 => "1 api call".to_owned(),
                _ => format!("{calls} api calls"),
            };
            Verdict {
                kind: VerdictKind::Allowed,
                title: "Passed: the flow goes on".into(),
                detail: format!("The hook returned; {asked} · {took}"),
            }
        }
        (outcome, denial) => {
            let what = run.summary.message.clone().unwrap_or_else(|| outcome.to_string());
            let consequence = match (denial, on_error) {
                (Some(denial), _) => {
                    format!("In live traffic the request is refused: the user sees “{}”", denial.message)
                }
                (None, OnError::Deny) => "In live traffic the request is refused".into(),
                (None, OnError::Continue) => "In live traffic this is logged and the flow goes on".into(),
            };
            Verdict {
                kind: VerdictKind::Failed,
                title: format!("Failed: {what}"),
                detail: format!("{consequence} · {took}"),
            }
        }
    }
}

/// Of a whole endpoint.
pub(crate) fn of_endpoint(runs: &[Run], response: &TestResponse, duration_us: u64) -> Verdict {
    let took = milliseconds(duration_us);
    let status = response.status;
    let text = |field: &str| {
        response.body.get(field).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
    };
    if status < 400 {
        let ran = runs.iter().filter(|run| run.summary.outcome != RunOutcome::Skipped).count();
        let hooks = match ran {
            0 => "no hook ran".to_owned(),
            1 => "1 hook ran".to_owned(),
            _ => format!("{ran} hooks ran"),
        };
        let broken: Vec<&Run> = runs.iter().filter(|run| failed(run)).collect();
        let Some(first) = broken.first() else {
            return Verdict {
                kind: VerdictKind::Allowed,
                title: format!("Allowed: {status}"),
                detail: format!("{hooks} · {took}"),
            };
        };
        // The answer is good, and yet a reader must see at once that a hook did not do its work.
        let what = first.summary.message.clone().unwrap_or_else(|| first.summary.outcome.to_string());
        let others = match broken.len() {
            1 => String::new(),
            many => format!(" and {} more", many - 1),
        };
        return Verdict {
            kind: VerdictKind::Failed,
            title: format!("Allowed: {status}, but “{}”{others} failed", first.summary.hook_name),
            detail: format!("{what} · {hooks} · {took}"),
        };
    }
    let reason = Some(text("reason")).filter(|reason| !reason.is_empty());
    if let Some(reason) = reason {
        let ran: Vec<&Run> = runs.iter().filter(|run| run.summary.outcome != RunOutcome::Skipped).collect();
        let position = ran.iter().rposition(|run| run.summary.outcome == RunOutcome::Denied || failed(run));
        let by = position.map_or_else(String::new, |index| format!(" by hook {}", index + 1));
        return Verdict {
            kind: VerdictKind::Denied,
            title: format!("Denied{by}: {reason}"),
            detail: format!("The user sees “{}” · {status} · {took}", text("message")),
        };
    }
    Verdict {
        kind: VerdictKind::Failed,
        title: format!("Refused: {}", text("error")),
        detail: format!("{} · {status} · {took}", text("message")),
    }
}

fn failed(run: &Run) -> bool {
    matches!(
        run.summary.outcome,
        RunOutcome::Threw | RunOutcome::Limit | RunOutcome::Busy | RunOutcome::Internal
    )
}

fn milliseconds(us: u64) -> String {
    format!("{}.{} ms", us / 1000, us % 1000 / 100)
}
