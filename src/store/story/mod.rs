//! What every store must do, told over `&dyn Store`, once for each engine.

mod cursors;
mod drafts;
mod expiry;
mod ledger;
pub(crate) mod mail;
mod offices;
mod people;
mod settings;
mod states;
pub(crate) mod town;

#[path = "../../../tests/support/postgres.rs"]
#[expect(unreachable_pub, dead_code, reason = "the tests of whole programs use all of it, from outside")]
pub(crate) mod postgres_cluster;

use self::town::Town;

/// Tells each story on each engine.
macro_rules! stories {
    ($($part:ident :: { $($story:ident),* $(,)? })*) => {
        mod sqlite { $( mod $part { $(
            #[tokio::test]
            async fn $story() {
                super::super::$part::$story(&super::super::Town::on_sqlite().await).await;
            }
        )* } )* }

        // A test for each part: its stories share a cluster, which takes longer to make than they do.
        mod postgres { $(
            #[tokio::test]
            async fn $part() {
                let _kept = super::postgres_cluster::Cluster::shared();
                $(
                    eprintln!("story: {}", stringify!($story));
                    super::$part::$story(&super::Town::on_postgres().await).await;
                )*
            }
        )* }
    };
}

stories! {
    mail::{
        first_mail_travels_and_its_sender_is_told,
        a_letter_to_many_reaches_each_once,
        a_recipient_written_twice_gets_it_once,
        one_can_write_to_oneself,
        the_same_request_gets_the_same_answer_for_ever,
        an_id_that_names_another_message_is_refused,
        the_same_id_at_once_is_stored_once,
        unknown_recipients_are_all_named_and_nothing_is_stored,
        other_organisations_do_not_meet,
        a_deleted_message_leaves_one_mailbox_alone,
    }
    states::{
        no_walk_of_steps_takes_a_state_back,
        delivered_is_what_lies_before_the_cursor,
        steps_on_what_is_not_ones_own_change_nothing,
    }
    cursors::{
        pages_follow_each_other_without_gap_or_overlap,
        a_page_ends_at_its_size_but_carries_at_least_one,
        nothing_new_is_told_as_such,
        a_cursor_of_another_time_is_reset,
        a_server_started_anew_knows_the_cursors_given_out_before,
        each_change_takes_the_next_number,
    }
    expiry::{
        unread_mail_expires_and_both_sides_learn_it,
        from_that_millisecond_the_text_is_not_served,
        delivered_mail_expires_too_and_read_mail_does_not,
        what_comes_too_late_does_not_undo_it,
        a_whole_office_expires_in_steps,
        a_check_says_what_expired_and_what_expires_next,
        another_lifetime_holds_for_what_still_waits,
        both_sides_are_warned_once_before_it_expires,
        a_warning_can_be_set_or_left_out,
        of_what_expired_for_all_a_tombstone_stays,
    }
    ledger::{
        each_step_of_each_copy_is_dated_and_in_order,
        reading_at_once_is_delivery_too,
        a_ledger_is_its_senders_alone,
        an_acknowledgement_is_told_to_the_sender_once,
        unread_mail_is_taken_back_on_both_sides,
        what_comes_too_late_for_a_retraction_changes_nothing,
        a_ledger_is_exported_in_pages_between_two_dates,
        who_cannot_be_reached_is_told_apart,
    }
    drafts::{
        a_draft_is_on_every_device_and_grows_by_versions,
        a_save_upon_an_old_version_is_refused_with_what_stands_there,
        the_same_save_again_changes_nothing,
        nothing_never_takes_the_place_of_something,
        a_draft_thrown_away_goes_everywhere_and_can_be_written_on,
        only_the_version_meant_is_thrown_away,
        others_drafts_do_not_exist,
        drafts_come_in_pages_with_the_mail,
        a_restored_office_takes_drafts_that_it_forgot,
    }
    settings::{
        without_a_wish_the_office_decides,
        a_wish_is_saved_within_the_range_and_forgotten,
        a_lock_overrides_the_wish_and_keeps_it,
        a_wish_based_on_old_settings_is_refused,
        the_revision_grows_with_whatever_changes_the_settings,
    }
    people::{
        a_token_leads_to_its_device_until_it_is_revoked,
        nobody_revokes_anothers_device,
        a_disabled_user_is_shut_out_but_can_be_written_to,
        unknown_people_have_no_credentials,
        names_are_taken_once,
        when_devices_were_seen_only_moves_forward,
        many_users_are_added_together_or_not_at_all,
        a_password_is_changed_only_from_the_one_he_has,
        each_device_is_an_agent_and_so_is_who_never_signed_in,
        administrators_are_nobodys_users,
    }
    offices::{
        without_an_office_there_is_no_mail,
        an_office_is_attached_changed_for_another_and_taken_away,
        an_office_can_lie_in_its_organisations_database,
        what_an_administrator_misspells_is_named,
    }
}
