//! Backup under load (reliability.md 2): restored, it has all that was accepted before it began, and its sums are right.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
};

use restante_model::{Importance, Letter, Login, MessageId, Name, Person, SystemClock};
use restante_store::{NewOffice, NewUser, OfficeTerms, Owner, Placement, Posted, SqlStore, Store};
use tokio::{sync::Notify, task::JoinSet};

use crate::{chance::Chance, folder, given};

/// So many seeds in an ordinary run; more by this variable.
const SEEDS: (&str, u64) = ("RESTANTE_BACKUP_SEEDS", 20);
const WRITERS: [&str; 3] = ["anna", "boris", "clara"];

/// The texts of what the post office took, by id.
type Taken = BTreeMap<MessageId, String>;

fn town() -> Name {
    "town".parse().expect("it is a name")
}

fn owner(login: &str) -> Owner {
    Owner { organisation: town(), login: login.parse().expect("it is a login") }
}

async fn opened(folder: &Path) -> Arc<SqlStore> {
    Arc::new(SqlStore::open(folder, Arc::new(SystemClock)).await.expect("the store opens"))
}

async fn founded(folder: &Path, chance: &mut Chance) -> Arc<SqlStore> {
    let store = opened(folder).await;
    store.create_organisation(&town(), "Town").await.expect("the organisation is made");
    let name: Name = "main".parse().expect("it is a name");
    let placement = if chance.one_in(2) {
        Placement::Current { organisation: town() }
    } else {
        Placement::Separate { folder: None }
    };
    let new = NewOffice { name: name.clone(), placement, terms: OfficeTerms::default() };
    store.create_office(&new).await.expect("the office is made");
    store.attach(&name, &town()).await.expect("the office is attached");
    for login in WRITERS {
        let person = Person { login: login.parse().expect("it is a login"), name: login.to_owned() };
        let user = NewUser { person, password_hash: "none".to_owned() };
        store.add_user(&town(), &user).await.expect("the user is added");
    }
    store
}

/// One writer's letters, to be sent one after the other.
fn letters(chance: &mut Chance) -> Vec<(MessageId, Letter)> {
    let letter = |chance: &mut Chance| {
        let length = 1 + chance.below(8_000);
        let others = WRITERS.iter().filter(|_| chance.one_in(2));
        Letter {
            to: others.chain([&"anna"]).map(|&to| to.to_owned()).collect(),
            subject: format!("About {}", chance.below(1000)),
            body: chance.hex(length),
            importance: if chance.one_in(5) { Importance::High } else { Importance::Normal },
        }
    };
    (0..12).map(|n| (chance.message_id(1_790_000_000_000 + n), letter(chance))).collect()
}

/// Plays one seed: three people write, and in the middle of it a backup is made and restored beside.
async fn play(seed: u64) {
    let chance = &mut Chance::new(seed);
    let root = folder();
    let store = founded(&root.path().join("data"), chance).await;
    let taken = Arc::new(Mutex::new(Taken::new()));
    let (one_more, begin_after) = (Arc::new(Notify::new()), chance.below(30));
    let mut writers = JoinSet::new();
    let mut all = Taken::new();
    for login in WRITERS {
        let letters = letters(chance);
        all.extend(letters.iter().map(|(id, letter)| (*id, letter.body.clone())));
        let (store, taken, one_more) = (Arc::clone(&store), Arc::clone(&taken), Arc::clone(&one_more));
        writers.spawn(async move {
            let login: Login = login.parse().expect("it is a login");
            let known = store.credentials_for(&town(), &login).await.expect("the store answers");
            let account = known.expect("he is a user").account;
            for (id, letter) in letters {
                let posted = store.deliver(&account, id, &letter).await.expect("the store takes letters");
                assert!(matches!(posted, Posted::Accepted(..)), "seed {seed}: {posted:?}");
                taken.lock().expect("no writer panicked").insert(id, letter.body);
                one_more.notify_one();
            }
        });
    }
    while taken.lock().expect("no writer panicked").len() < begin_after {
        one_more.notified().await;
    }
    let before = taken.lock().expect("no writer panicked").clone();
    let archive = root.path().join("backup.tar");
    store.backup(&archive, "test").await.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    while let Some(ended) = writers.join_next().await {
        ended.expect("a writer comes to his end");
    }

    let restored = root.path().join("restored");
    SqlStore::restore(&archive, &restored, None).await.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let restored = opened(&restored).await;
    for database in restored.examine().await.expect("it can be looked through") {
        assert!(database.problem.is_none(), "seed {seed}: {database:?}");
    }
    let mut found = Taken::new();
    for id in all.keys() {
        for login in WRITERS {
            if let Some(message) = restored.message(&owner(login), *id).await.expect("the store answers") {
                found.insert(*id, message.body);
            }
        }
    }
    let lost: Vec<_> = before.iter().filter(|(id, body)| found.get(id) != Some(body)).collect();
    assert!(lost.is_empty(), "seed {seed}: {} letters were accepted before and are not there", lost.len());
    assert!(found.iter().all(|(id, body)| all.get(id) == Some(body)), "seed {seed}: a text is another");
}

#[test]
fn a_backup_under_load_has_all_that_was_accepted_before_it_began() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    for seed in 1..=given(SEEDS.0).unwrap_or(SEEDS.1) {
        runtime.block_on(play(seed));
    }
}
