//! What every store must do, told over `&dyn Store`: a second backend runs the same stories by adding a
//! line to [`stories!`].

mod cursors;
mod drafts;
mod expiry;
mod mail;
mod offices;
mod people;
mod settings;
mod states;
pub(crate) mod town;

use self::town::Town;

/// One test for each story and backend.
macro_rules! stories {
    ($($part:ident :: { $($story:ident),* $(,)? })*) => {
        mod sqlite { $( mod $part { $(
            #[tokio::test]
            async fn $story() {
                super::super::$part::$story(&super::super::Town::on_sqlite().await).await;
            }
        )* } )* }
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
        another_lifetime_holds_for_letters_from_then_on,
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
    }
    offices::{
        without_an_office_there_is_no_mail,
        an_office_is_attached_changed_for_another_and_taken_away,
        an_office_can_lie_in_its_organisations_database,
        what_an_administrator_misspells_is_named,
    }
}
