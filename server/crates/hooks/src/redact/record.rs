//! The record of a run without secrets: the one place where records are masked.

use contract::manage::{ApiCall, HostCallRecord, Run, RunError, RunLog, RunSummary};

use super::Redactor;

impl Redactor {
    /// Replaces every secret, and the credentials in URLs, in all text that a run has brought into its record.
    ///
    /// Every field is named, so that a new one cannot be forgotten. Those that are not masked are the server's own words.
    pub(crate) fn record(&self, run: &mut Run) {
        let Run { summary, input, output, error, logs, api_calls, host_calls } = run;
        let RunSummary {
            message,
            endpoint: _,
            hook_name: _,
            id: _,
            hook_id: _,
            trigger: _,
            version: _,
            request_id: _,
            mode: _,
            outcome: _,
            user_id: _,
            started_at: _,
            duration_us: _,
            cpu_us: _,
            memory_bytes: _,
        } = summary;
        message.iter_mut().for_each(|message| self.text(message));
        self.value(input);
        self.value(output);
        if let Some(RunError { name, message, stack, line: _, column: _ }) = error {
            [name, message, stack].into_iter().for_each(|text| self.text(text));
        }
        for RunLog { message, level: _, at_us: _, line: _ } in logs {
            self.text(message);
        }
        for ApiCall { args, method: _, line: _, column: _ } in api_calls {
            args.iter_mut().for_each(|arg| self.value(arg));
        }
        for HostCallRecord { args, result, operation: _, ok: _, start_us: _, duration_us: _ } in host_calls {
            self.value(args);
            self.value(result);
        }
    }
}
