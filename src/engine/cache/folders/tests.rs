//! What SQLite does for a page.

use super::*;

#[test]
fn a_page_in_any_order_is_read_off_an_index() {
    let (cache, _) = Cache::open(None).unwrap();
    // As after housekeeping of a large mailbox: what is known of it must not lead to another way.
    cache.connection.execute_batch("ANALYZE").unwrap();
    for sort in [SortBy::Time, SortBy::Who, SortBy::Subject, SortBy::Importance] {
        for direction in [Direction::Received, Direction::Sent] {
            for unread in [false, true] {
                let order = FolderOrder { sort, ascending: false };
                let sql = cache.page_sql(direction, order, "", unread);
                let mut plan = cache.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
                let steps: Vec<String> =
                    plan.query_map([1, 0], |row| row.get(3)).unwrap().map(rusqlite::Result::unwrap).collect();
                assert!(
                    steps.iter().all(|step| step != "USE TEMP B-TREE FOR ORDER BY"),
                    "{sort:?} {direction:?} {unread}: {steps:?}"
                );
            }
        }
    }
}
