//! Stories of large databases: they are looked through behind the start, and damage found so is treated like damage met
//! in reading.

use super::*;

/// Does what the engine wants to be looked through, as the agent does beside its loop.
fn look_through(story: &mut Story) -> Vec<&'static str> {
    let wanted = story.done.iter().filter_map(|effect| match effect {
        Effect::LookThrough { database, path } => Some((*database, path.clone())),
        _ => None,
    });
    let wanted: Vec<_> = wanted.collect();
    for (database, path) in &wanted {
        story.happens(Event::LookedThrough(crate::examine_database(database, path).map(drop)));
    }
    wanted.into_iter().map(|(database, _)| database).collect()
}

/// Fills the page of a database that this text stands on with zeros.
fn spoil_page(path: &Path, page_bytes: usize, text: &[u8]) {
    let mut bytes = fs::read(path).unwrap();
    let place = bytes.windows(text.len()).position(|window| window == text).unwrap();
    let page = place / page_bytes * page_bytes;
    bytes[page..page + page_bytes].fill(0);
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_large_ledger_is_looked_through_behind_the_start_and_of_a_damaged_one_the_letters_are_kept() {
    let desk = Desk::new();
    let mut story = with_letters(&desk);
    let announced = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 60000)
         INSERT INTO alert (message_id, importance, state, at, hook, told)
         SELECT printf('%036d', n), 'normal', 'shown', 0, 'done', 'done' FROM n";
    story.engine.ledger.connection().execute_batch(announced).unwrap();
    story.engine = Engine::open(None, None).unwrap();
    let mut story = desk.starts_again(story);
    assert_eq!(look_through(&mut story), ["ledger"]);
    assert_eq!(story.engine.status().unwrap().storage.ledger_set_aside, None, "it is whole");

    story.engine = Engine::open(None, None).unwrap();
    spoil_page(&desk.ledger(), 4_096, format!("{:036}", 30_000).as_bytes());
    let mut story = desk.starts_again(story);
    assert_eq!(look_through(&mut story), ["ledger"]);
    let status = story.engine.status().unwrap();
    assert!(status.storage.ledger_set_aside.is_some());
    assert_eq!((status.outbox.waiting, status.drafts, story.popups()), (20, 1, 0));
}

#[test]
fn a_large_cache_that_was_left_open_is_looked_through_behind_the_start_and_fetched_again_where_damaged() {
    let desk = Desk::new();
    let mut story = Story::with(desk.open());
    let body = "text of it ".repeat(10_000);
    story.waiting = (1..=40).map(|number| about(number, &format!("приказ {number}"), &body)).collect();
    story.due();
    let killed = Left::in_folder(desk.folder.path());
    story.engine = Engine::open(None, None).unwrap();
    killed.put_into(desk.folder.path());
    let mut story = desk.starts_again(story);
    assert_eq!(look_through(&mut story), ["cache"]);
    assert_eq!(story.engine.status().unwrap().storage.cache, CacheState::Ok, "it is whole");
    story.engine.cache.tidy().unwrap();
    let killed_again = Left::in_folder(desk.folder.path());

    story.engine = Engine::open(None, None).unwrap();
    killed_again.put_into(desk.folder.path());
    spoil_page(&desk.cache(), 8_192, "приказ 20".as_bytes());
    let mut story = desk.starts_again(story);
    assert_eq!(look_through(&mut story), ["cache"]);
    let storage = story.engine.status().unwrap().storage;
    assert_eq!((storage.cache, story.unread(), story.popups()), (CacheState::Rebuilt, 40, 0));

    story.engine = Engine::open(None, None).unwrap();
    let mut story = desk.starts_again(story);
    assert!(look_through(&mut story).is_empty(), "after an end in order what is read is looked at");
}
