//! The post office: the real server on a loopback port, with an organisation and two users.

use std::{path::Path, sync::Arc};

use anyhow::Context;
use restante_model::{CheckInterval, IntervalRange, Name, Person, SystemClock};
use restante_server::Config;
use restante_store::{NewOffice, NewUser, OfficeTerms, Placement, SqlStore, Store};
use tokio::net::TcpListener;

use crate::Tasks;

/// The organisation's name.
pub(crate) const ORGANISATION: &str = "town-hall";
/// Both users' password; the server listens on this machine only, and as long as the demo.
pub(crate) const PASSWORD: &str = "a demo needs no secret";
/// Short enough to watch.
pub(crate) const INTERVAL_SECONDS: u64 = 2;

/// Opens the post office for these people and serves it until the demo stops. Comes back with its URL.
pub(crate) async fn open(folder: &Path, people: &[Person], tasks: &Tasks) -> anyhow::Result<String> {
    let clock = Arc::new(SystemClock);
    let store =
        SqlStore::open(&folder.join("server"), clock.clone()).await.context("making the post office")?;
    let organisation: Name = ORGANISATION.parse()?;
    store.create_organisation(&organisation, "Town hall").await?;
    let office: Name = "main".parse()?;
    let interval_range =
        IntervalRange::new(CheckInterval::from_seconds(1), CheckInterval::from_seconds(3_600));
    let check_interval = CheckInterval::from_seconds(INTERVAL_SECONDS);
    let terms = OfficeTerms { check_interval, interval_range, ..OfficeTerms::default() };
    let placement = Placement::Separate { folder: None };
    store.create_office(&NewOffice { name: office.clone(), placement, terms }).await?;
    store.attach(&office, &organisation).await?;
    let password_hash = restante_server::hash_password(PASSWORD, &[])?;
    for person in people {
        let user = NewUser { person: person.clone(), password_hash: password_hash.clone() };
        store.add_user(&organisation, &user).await?;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.context("listening on a loopback port")?;
    let url = format!("http://{}", listener.local_addr()?);
    let stop = tasks.stop.clone();
    tasks.running.spawn_local(async move {
        if let Err(error) =
            restante_server::serve(Config::default(), Arc::new(store), listener, clock, stop).await
        {
            eprintln!("restante-demo: the post office closed: {error}");
        }
    });
    Ok(url)
}
