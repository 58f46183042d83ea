//! The suite that every store passes: one case per promise of the ports.
//!
//! Each case is a function that takes an empty store. [`conformance!`](crate::conformance!) makes
//! a test of each, and is the entire test file of a new store:
//!
//! ```
//! use parlance_hub::memory::MemoryStore;
//!
//! /// An empty store, and whatever has to live as long as it.
//! async fn make() -> (MemoryStore, ()) {
//!     (MemoryStore::new(), ())
//! }
//!
//! parlance_hub::conformance!(make);
//! # fn main() {}
//! ```
//!
//! A case that is not in the list of the macro is dead code, and the compiler says so.

#![allow(missing_docs, reason = "the name of a case is its sentence")]

mod accounts;
mod acquaintances;
mod answering;
mod appending;
mod archiving;
mod arranging;
mod counting;
mod deleting;
mod devices;
mod expiring;
mod inviting;
mod memberships;
mod naming;
mod paging;
mod publishing;
mod pushing;
mod random;
mod reading;
mod remotes;
mod reporting;
mod retries;
mod scheduling;
mod searching;
mod working;

mod world;

crate::conformance!(@list cases);

/// Makes a test of each case. Takes the name of an async function that answers with an empty
/// store and whatever has to live as long as it.
#[macro_export]
macro_rules! conformance {
    ($make:ident) => {
        $crate::conformance!(@list tests $make);
    };
    (@list $then:ident $($make:ident)?) => {
        $crate::conformance!{
            @$then [$($make)?]
            appending {
                a_new_conversation_begins_with_its_founding_events
                places_are_dense_under_many_writers
                events_that_are_appended_together_stand_together
                what_was_answered_is_what_is_in_the_log
                an_append_to_nothing_is_refused
                a_conversation_is_made_once
                a_decision_on_old_rules_is_a_conflict_and_changes_nothing
                ordinary_events_do_not_move_the_rules_version
                of_two_that_change_the_rules_at_once_one_has_to_look_again
                time_never_runs_backwards_in_a_conversation
                offsets_grow_over_all_conversations
                a_place_is_found_by_its_offset
                conversations_that_changed_between_two_offsets_are_found
            }
            retries {
                a_retry_gets_the_same_events_and_makes_none
                fifty_retries_at_once_make_one_event
                a_reference_belongs_to_one_device_and_one_conversation
                a_reference_that_was_used_for_another_kind_is_refused
                a_retry_of_what_was_deleted_since_is_still_a_retry
                a_retry_is_known_before_the_rules_are_looked_at
                a_retry_in_an_account_log_is_known
                the_first_event_of_a_reference_is_found
                the_newest_event_of_a_reference_of_somebody_is_found
            }
            reading {
                events_are_read_after_a_place
                an_event_is_found_by_its_id_in_its_own_conversation_only
                every_kind_of_content_comes_back_as_it_was
                extras_come_back_unchanged
                a_loaded_state_is_the_fold_of_the_log
                what_a_decision_needs_of_its_target_is_known
                the_last_post_is_remembered_even_when_it_was_deleted
            }
            answering {
                a_vote_replaces_the_one_before_and_says_so
                a_vote_that_is_tried_again_counts_once
                a_vote_that_comes_after_the_close_counts_for_nothing
                a_deleted_poll_takes_its_votes_along
                who_confirms_a_message_is_remembered_once
                answers_to_a_message_make_nobody_unread
                what_is_known_of_a_poll_is_that_it_is_one
            }
            deleting {
                a_deleted_message_leaves_a_blank_event_at_its_place
                a_deleted_message_is_gone_from_every_view
                an_edit_that_comes_after_the_deletion_leaves_nothing
                what_comes_after_the_deletion_changes_nothing
                a_deleted_root_keeps_its_thread
            }
            paging {
                pages_go_in_both_directions
                pages_begin_at_a_moment
                nothing_before_the_first_visible_place_is_on_a_page
                a_page_says_what_has_become_of_messages
                reactions_keep_the_order_in_which_they_came
                reacting_twice_is_reacting_once
                every_body_of_a_message_is_kept
                the_newest_pin_comes_first
                a_thread_is_its_messages_in_order
            }
            archiving {
                an_archive_is_all_direct_conversations_and_notes_in_one_order
                a_page_is_taken_from_either_end_of_a_range
                an_archive_is_narrowed_to_a_time
                an_archive_is_narrowed_to_kinds_deleted_ones_among_them
                an_archive_says_what_has_become_of_messages_and_who_the_other_one_is
                the_archive_of_a_conversation_is_for_its_members
                archived_events_are_found_by_their_ids
                random_archives_are_what_a_plain_reader_makes_of_the_logs
            }
            arranging {
                an_arrangement_is_what_was_said_of_it
                an_arrangement_is_ones_own
            }
            memberships {
                a_row_says_what_a_member_sees_of_a_conversation
                the_other_one_of_a_direct_conversation_is_its_peer
                strangers_have_no_row
                conversations_come_newest_first_and_in_pages
                a_limit_may_be_none_at_all
                conversations_with_news_are_found
                ones_own_changes_are_news_to_oneself_only
                an_account_log_is_no_conversation
                drafts_and_preferences_are_ones_own
                who_left_is_told_so_until_they_come_back
                newcomers_see_what_the_settings_say
                a_new_profile_is_seen_in_the_directory_at_once
            }
            counting {
                only_messages_of_others_wait_to_be_read
                mentions_count_by_name_and_all_at_once
                an_edited_message_mentions_whom_its_newest_body_mentions
                editing_what_was_read_makes_nothing_unread
                read_positions_only_move_on_and_not_beyond_the_newest_place
                what_was_marked_as_unread_waits_until_it_is_read_again
                marking_as_unread_reads_nothing
                nothing_before_the_first_visible_place_becomes_unread
                receipts_stay_when_something_is_marked_as_unread
                who_joins_has_read_what_was_before
                who_comes_back_begins_anew
                receipts_say_how_far_each_member_has_read
                delivered_is_how_far_any_device_has_received
                what_no_device_has_received_is_found
            }
            acquaintances {
                an_address_book_is_what_was_last_said_of_each
                everything_that_is_kept_about_somebody_comes_back
                an_address_book_says_when_it_changed_and_when_somebody_was_removed
                a_block_works_in_both_directions_until_it_is_lifted
                who_shares_a_conversation_is_acquainted
            }
            accounts {
                a_domain_is_made_once
                an_account_is_found_by_address_and_identity
                an_address_is_given_once
                accounts_are_listed_by_address_in_pages_of_one_domain
                accounts_are_counted_and_listed_by_whether_they_are_enabled
                accounts_are_found_by_the_beginning_of_a_name
                a_change_of_an_account_leaves_the_rest
                a_domain_knows_whether_it_has_an_administrator
                credentials_are_kept_and_replaced
                a_device_signs_in_with_its_token
                devices_are_listed_newest_first
                a_revoked_device_cannot_sign_in
                somebody_was_last_here_with_any_device
                what_somebody_wants_to_show_is_kept
            }
            expiring {
                a_message_gets_its_time_when_it_is_appended
                what_the_sender_says_of_the_time_does_not_matter
                an_edit_disappears_with_its_message
                messages_are_due_in_order_until_they_are_deleted
            }
            devices {
                a_device_is_found_again_by_its_key
                of_many_that_open_a_device_at_once_one_makes_it
                a_revoked_device_is_made_anew_under_its_key
                the_tokens_of_a_device_are_kept_until_newer_ones_are_used
                tokens_end_with_their_devices
                of_many_tokens_issued_at_once_each_has_its_number
            }
            inviting {
                an_invitation_makes_as_many_accounts_as_it_has_uses
                an_invitation_that_does_not_fit_makes_no_account
                a_taken_name_does_not_use_the_invitation_up
                somebody_sees_and_ends_their_own_invitations
                the_servers_own_invitations_are_nobody_elses
                an_invitation_used_up_without_an_account_by_fifty_at_once_works_once
                a_name_is_reserved_as_long_as_an_invitation_for_it_works
                a_link_lets_in_as_many_as_it_has_uses
                a_link_without_a_number_lets_in_any_number_until_it_expires
                links_that_still_work_are_listed
                an_ended_link_lets_nobody_in
            }
            naming {
                a_conversation_is_found_by_its_name_in_its_own_domain
                a_conversation_whose_name_is_taken_is_not_made
                a_conversation_gets_the_first_free_of_several_names
                a_name_that_is_given_back_can_be_given_again
                listed_conversations_are_found_by_name_in_pages_of_one_domain
            }
            publishing {
                an_item_is_kept_as_the_newest_of_its_node
                the_oldest_items_make_place
                items_are_read_by_id_and_in_pages
                retracting_purging_and_deleting_take_away
                a_node_is_configured_and_listed
                nodes_belong_to_their_owner
                of_many_who_make_a_node_at_once_one_does
                bounds_hold_and_refusals_change_nothing
                what_makes_it_less_is_never_too_much
                subscriptions_are_kept_by_node_and_by_address
                an_owner_that_goes_leaves_nothing
                many_publishers_at_once_lose_nothing
            }
            searching {
                all_words_have_to_be_there_in_any_order
                the_last_word_may_be_a_beginning
                spellings_of_the_same_word_are_the_same
                two_characters_are_found_inside_a_text_without_spaces
                punctuation_is_not_an_instruction
                a_search_can_be_narrowed_to_a_sender_and_to_conversations
                a_search_can_be_narrowed_to_what_is_in_a_message
                a_search_can_be_narrowed_to_a_time
                nothing_is_found_where_one_is_not_a_member
                nothing_is_found_from_before_one_may_see
                an_edited_message_is_found_by_its_newest_text
                sealed_and_deleted_messages_have_no_words
                hits_come_newest_first_and_in_pages
                what_was_just_said_is_found_at_once
            }
            pushing {
                one_notification_waits_however_often_it_was_asked_for
                a_notification_without_an_answer_is_tried_again_later_and_later
                a_notification_that_was_told_waits_no_more_unless_asked_for_since
                a_registration_is_replaced_by_one_with_the_same_key
                a_device_and_a_person_have_so_many_registrations
                registrations_end_one_by_one_and_by_service
                a_registration_ends_with_its_device
            }
            reporting {
                a_report_comes_back_as_it_was_and_is_forgotten_once
                the_oldest_reports_give_way_those_of_the_same_reporter_first
                moderators_are_done_with_a_report_once_and_it_stays
                what_somebody_reported_is_forgotten_with_them
            }
            scheduling {
                what_waits_comes_back_as_it_was_the_next_one_first
                the_same_reference_of_a_device_is_kept_once
                somebody_keeps_so_many_messages_for_later
                what_is_due_is_taken_once_and_again_when_it_was_not_settled
                what_is_being_sent_cannot_be_changed_or_cancelled
                what_was_refused_waits_for_its_owner
                one_is_taken_before_its_time
                nobody_else_finds_what_waits
                what_waits_is_forgotten_with_its_owner
            }
            remotes {
                somebody_elsewhere_is_found_by_address_and_identity
                somebody_elsewhere_is_made_once
                one_person_makes_so_many_elsewhere_known
                somebody_elsewhere_is_no_account
            }
            working {
                work_is_taken_oldest_first_from_its_own_queue
                work_that_is_looked_at_stays_in_its_order
                work_is_not_taken_before_it_is_due
                work_that_was_not_finished_in_time_is_taken_again
                finished_work_is_forgotten
                of_many_workers_one_gets_each_piece
            }
            random {
                random_histories_are_seen_as_the_core_folds_them
            }
        }
    };
    (@cases [] $($module:ident { $($case:ident)+ })+) => {
        $(
            pub use $module::{$($case),+};
        )+
    };
    (@tests [$make:ident] $($module:ident { $($case:ident)+ })+) => {
        $(
            mod $module {
                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                    async fn $case() {
                        let (store, _guard) = super::$make().await;
                        $crate::conformance::$case(std::sync::Arc::new(store)).await;
                    }
                )+
            }
        )+
    };
}
