//! The auth flows on a real database, with real hooks in the real sandbox: every test runs on SQLite and, but
//! for those that compare the database as a file, on PostgreSQL.
//!
//! PostgreSQL is the server that `HOOKWRIGHT_TEST_POSTGRES` names (`server/testdb.sh run -- cargo test -p auth`);
//! without it that half says that it is skipped, or fails where it is required.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a failed test is told by a panic, and what is skipped has to be seen"
)]

mod account;
mod addresses;
mod after_hooks;
mod dry_run;
mod gate;
mod harness;
mod hooked;
mod keys;
mod login;
mod order;
mod passwords;
mod races;
mod refresh;
mod register;
mod serve;
mod verify_email;
mod world;

macro_rules! suite {
    ($($module:ident { $($test:ident)+ })+) => {
        mod sqlite {$(
            mod $module {$(
                #[tokio::test]
                async fn $test() {
                    crate::$module::$test().await;
                }
            )+}
        )+}
        mod postgres {$(
            mod $module {$(
                #[tokio::test]
                async fn $test() {
                    crate::harness::on_postgres(stringify!($test), crate::$module::$test()).await;
                }
            )+}
        )+}
    };
}

suite! {
    addresses {
        the_spellings_of_a_mailbox_are_one_account
        a_rule_on_domains_is_not_passed_by_with_another_spelling
        an_address_that_no_mail_can_be_sent_to_is_refused_at_sign_up
        a_user_from_before_the_rules_can_still_sign_in
    }
    account {
        a_logout_is_answered_the_same_again_and_again_and_its_hooks_run_once
        an_access_token_that_has_expired_still_ends_its_session
        a_refresh_token_ends_its_session_used_or_not
        both_tokens_end_the_sessions_of_both
        a_logout_without_a_genuine_token_is_refused_and_ends_nothing
        a_token_that_is_not_genuine_does_not_keep_the_other_from_ending_its_session
        a_user_who_is_blocked_or_gone_can_sign_out
        me_answers_the_user
        after_a_logout_neither_token_works
        what_is_no_access_token_is_refused
    }
    after_hooks {
        f7_after_register_gets_the_user
        f8_after_login_gets_the_user_at_a_login_with_a_password_only
        f9_after_logout_gets_the_users_id
        f10_after_password_change_gets_the_user
        f11_after_password_reset_gets_the_user
        f12_after_email_verify_gets_the_user
        f15_send_verification_email_takes_the_place_of_the_mail
        f16_send_password_reset_email_takes_the_place_of_the_mail
    }
    dry_run {
        a_dry_run_of_a_project_without_keys_makes_none
        a11_no_published_key_verifies_what_a_dry_run_signed
        a14_hooks_run_in_a_dry_run_and_know_it
    }
    hooked {
        a1_before_signup_refuses_with_code_and_message
        c4_the_validation_of_the_address_can_refuse
        k3_metadata_set_before_the_sign_up_is_metadata_and_no_column
        k2_a_throw_in_the_execute_style_is_logged_and_registration_goes_on
        k2_a_throw_in_the_signup_style_denies
        c25_a_throw_after_the_sign_up_changes_nothing
        k4_post_login_adds_claims_and_metadata_and_sees_the_new_statistics
        c25_a_throw_at_post_login_is_logged_and_deny_blocks
        c4_post_login_can_refuse_and_only_metadata_is_written
        c4_before_login_sees_the_attempt_and_can_refuse_before_the_password_is_checked
        c25_the_exchange_can_refuse_at_sign_up_after_the_user_exists
        c4_the_exchange_runs_at_refresh_and_a_refusal_leaves_the_token_usable
        c4_the_exchange_adds_claims_at_refresh
        a_refresh_repeats_what_the_login_granted
        n24_what_no_database_can_hold_is_the_same_wherever_it_arrives
        c19_a_hook_makes_a_service_token
        f17_a_hook_that_fails_to_deliver_leaves_it_to_the_mail
        a4_hook_code_gets_context_payload_and_the_sdk
    }
    keys {
        the_published_keys_verify_and_hold_nothing_private
        a_rotated_key_verifies_until_its_tokens_are_over
        c19_a_service_token_carries_its_claims_and_verifies_by_the_published_keys
        c21_reserved_claims_and_bad_lives_are_refused
        the_instance_hashes_administrators_passwords_too
    }
    login {
        a_crowd_is_slowed_down_and_the_owner_is_let_in
        guesses_at_a_login_and_at_a_change_of_the_password_count_together
        an_unknown_account_is_slowed_down_like_a_known_one
        who_resets_the_password_is_let_in_from_there_while_the_account_is_attacked
        a_site_of_ipv6_does_not_have_ten_attempts_for_each_of_its_networks
        an_old_hash_of_an_unnormalised_password_verifies_and_is_replaced
        c26_a_login_updates_the_statistics_and_answers_with_them
        the_access_token_says_who_for_whom_and_how_long
        a_wrong_password_and_an_unknown_address_look_the_same
        a_blocked_user_is_told_so_only_with_the_right_password
        guessing_is_slowed_down_per_caller
        one_caller_cannot_try_many_addresses
        the_right_password_forgets_the_wrong_ones
    }
    order {
        c26_every_endpoint_goes_through_exactly_the_steps_of_the_catalogue
        without_hooks_the_events_and_the_work_are_the_same
    }
    passwords {
        a_password_is_the_same_however_its_accents_are_typed
        a_new_password_has_characters_that_a_person_sees_and_can_repeat
        strangers_can_neither_fill_the_mailbox_nor_make_every_token_void
        a_change_needs_the_current_password_and_ends_the_other_sessions
        a_reset_token_works_once_within_the_hour_and_ends_every_session
        a_newer_token_makes_the_earlier_void
        a_reset_makes_every_other_token_void
        a_reset_token_is_no_good_once_the_address_has_changed
        the_answer_does_not_tell_whether_the_address_is_known
        a_verification_token_is_no_reset_token
        asking_for_tokens_is_limited_the_same_for_known_and_unknown_addresses
    }
    races {
        a_login_with_the_old_password_does_not_survive_the_reset
        a_sign_up_does_not_survive_the_reset
        who_is_blocked_during_the_login_gets_no_session
        who_is_blocked_during_the_refresh_gets_no_tokens_and_keeps_the_one_at_hand
        a_token_that_cannot_be_signed_leaves_everything_as_it_was
    }
    refresh {
        ten_tabs_that_refresh_at_once_all_get_working_tokens_of_one_family
        an_answer_that_was_lost_is_given_again_within_the_window
        a_tab_whose_hook_takes_longer_than_the_window_gets_the_answer_of_the_faster_one
        the_window_begins_with_the_first_use_and_afterwards_a_reuse_ends_the_family
        a_grandparent_ends_the_family_within_the_window_too
        the_windows_length_is_the_projects_own
        what_ends_a_session_ends_the_window_at_once
        a_user_who_is_blocked_or_gone_gets_nothing_within_the_window
        the_hooks_run_for_the_second_answer_too
        a_successor_cannot_be_made_from_what_is_stored
        a_refresh_token_works_once_and_its_reuse_ends_the_whole_family
        of_two_at_once_one_is_a_reuse_where_the_project_is_strict
        a_session_ends_when_its_time_is_over_however_often_it_was_refreshed
        what_is_no_refresh_token_is_refused
    }
    register {
        a_user_is_created_and_signed_in
        a_taken_address_or_name_is_refused_whatever_the_case
        of_two_at_once_one_gets_the_address
        what_is_wrong_is_named
        one_caller_cannot_sign_up_without_end
        sign_up_can_be_switched_off
        f17_without_a_hook_or_a_provider_the_mail_is_kept_and_the_log_says_so
        the_verification_mail_can_be_switched_off
    }
    serve {
        a_request_for_a_token_is_answered_while_its_hooks_run
        a_database_that_takes_no_writes_does_not_tell_who_is_known
        a_bad_request_for_a_token_is_refused_for_everybody
        a_caller_who_hangs_up_neither_stops_the_flow_nor_frees_its_place
    }
    verify_email {
        the_token_of_the_sign_up_mail_verifies_the_address_once
        another_mail_can_be_asked_for_until_the_address_is_verified
        a_token_does_not_prove_an_address_that_was_taken_afterwards
        the_token_expires_after_a_day
    }
}
