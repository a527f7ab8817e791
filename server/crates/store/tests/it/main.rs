//! The store's suite: every test runs on SQLite and on PostgreSQL.
//!
//! PostgreSQL is the server that `HOOKWRIGHT_TEST_POSTGRES` names (`server/testdb.sh run -- cargo test -p store`);
//! without it that half says that it is skipped, or fails where it is required.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "all of this is tests: a failure is a panic, and what is skipped has to be seen"
)]

mod activity;
mod delivery;
mod faults;
mod fixtures;
mod flow_sessions;
mod harness;
mod hooks;
mod instance;
mod normal_forms;
mod projects;
mod schema;
mod tokens;
mod users;
mod vault_check;

macro_rules! suite {
    ($($module:ident { $($test:ident)+ })+) => {
        mod sqlite {$(
            mod $module {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    crate::harness::on_sqlite(crate::$module::$test).await;
                }
            )+}
        )+}
        mod postgres {$(
            mod $module {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    crate::harness::on_postgres(stringify!($test), crate::$module::$test).await;
                }
            )+}
        )+}
    };
}

suite! {
    normal_forms {
        old_addresses_are_brought_into_normal_form
        of_two_users_with_one_address_each_is_found_by_its_own_spelling
        administrators_are_found_in_any_spelling
    }
    schema {
        migrates_once_and_knows_it
        closed_database_is_unavailable
        copies_itself_while_running
    }
    flow_sessions {
        uncommitted_write_is_undone
        failed_write_cannot_be_committed
        dry_run_leaves_the_database_as_it_was
        dry_run_sees_its_own_writes
        dry_run_journals_without_secrets
        dry_run_survives_a_failed_statement
        dry_run_forgets_an_uncommitted_write
        dry_run_is_rolled_back_when_dropped
        dry_run_reads_before_writing_do_not_hold_the_writer
        dry_run_gives_way_to_those_who_wait
        dry_run_acts_with_a_session_that_holds_nobody_up
        two_writers_both_succeed
        text_with_a_nul_is_kept
    }
    faults {
        a_write_dropped_anywhere_leaves_a_clean_connection
        many_dropped_writes_at_once_leave_clean_connections
        a_write_with_a_dropped_statement_is_not_committed
        connections_that_the_server_ended_are_not_used
    }
    vault_check {
        the_first_key_is_the_only_one
        a_database_without_a_check_is_known_by_what_it_holds
        of_a_database_of_two_keys_the_one_of_the_oldest_value_is_accepted
        a_secret_that_was_replaced_is_as_old_as_its_value
        of_two_processes_with_two_keys_one_is_refused
    }
    instance {
        settings_round_trip
        admins_round_trip
        admin_sessions_round_trip
    }
    projects {
        projects_round_trip
        taken_names_are_conflicts
        there_is_one_default
        signing_keys_round_trip
        secrets_round_trip
        api_keys_round_trip
        audit_log_round_trip
        deleting_a_project_deletes_what_it_owns
    }
    users {
        users_round_trip
        addresses_and_names_are_unique_in_any_case
        another_projects_user_is_not_found
        lists_by_page_and_search
        changes_touch_only_what_they_name
        metadata_is_merged
        a_row_that_refers_to_nothing_is_refused
    }
    tokens {
        sessions_round_trip
        sessions_are_revoked_together
        refresh_token_rotates_once
        refresh_token_race_has_one_winner
        refresh_token_ends_with_its_session
        ticket_is_used_once
        newer_ticket_makes_older_ones_void
    }
    hooks {
        hooks_round_trip
        draft_of_two_people_is_a_conflict
        order_is_kept
        versions_round_trip
        deploy_changes_what_is_live
        rollback_is_a_new_version
        disabled_and_deleted_hooks_are_not_live
        generation_moves_with_each_change
        other_processes_are_told
        two_deployments_at_once_get_two_numbers
        another_projects_hook_is_not_found
    }
    activity {
        runs_round_trip
        run_statistics
        percentiles_are_durations_that_a_run_had
        failures_are_counted_where_they_happened
        many_runs_are_added_and_pruned
        requests_round_trip
        request_statistics
        log_entries_round_trip
    }
    delivery {
        events_round_trip
        mails_round_trip
        due_mails_are_claimed_once
        cache_round_trip
        expired_cache_entries_are_pruned
        a_full_cache_takes_a_new_entry_in_place_of_an_expired_one
        many_at_once_do_not_overfill_a_cache
    }
}
