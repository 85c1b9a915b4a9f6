//! P18: nothing grows faster than the logarithm of what there is.

use super::{CONNECTIONS, Process, ROUND, ROUNDS, each_us, median, post, serve};
use crate::{
    client::{self, Connection},
    office::{Office, Place},
    table::row,
};

/// Microseconds of CPU.
struct Costs {
    poll: f64,
    page: f64,
    letter: f64,
    /// Of each of a hundred.
    recipient: f64,
}

/// Against what an empty poll costs in this organisation of 10,000 users.
pub(crate) async fn measure(office: &Office) {
    let few = poll(&serve(office, None), office).await;
    let office = Office::open(100_000).await;
    let many = poll(&serve(&office, None), &office).await;
    let what = "CPU of an empty poll with 100,000 users";
    row("P18", what, &format!("{many:.1} us"), &format!("with 10,000 {few:.1} us"), many / few, "1.2");
    drop(office);

    let office = Office::open(10_128).await;
    office.fill(10, 10_000).await;
    let few = costs(&office).await;
    office.fill(90, 10_000).await;
    let many = costs(&office).await;
    drop(office);
    // log 1,000,000 / log 100,000
    compare("with a million copies", "a tenth", &many, &few, "1.2");
}

/// Of organisations at one post office.
pub(crate) async fn measure_organisations() {
    let few = costs(&organisations(10).await).await;
    let many = costs(&organisations(100).await).await;
    // log 100 / log 10
    compare("in 100 organisations", "10", &many, &few, "2");
}

async fn organisations(count: usize) -> Office {
    let place = Place::Folder(tempfile::tempdir().expect("a folder"));
    Office::at(place, 128 + count * 100, count).await
}

fn compare(what: &str, beside: &str, many: &Costs, few: &Costs, goal: &str) {
    for (figure, many, few) in [
        ("an empty poll", many.poll, few.poll),
        ("a page of ten changes", many.page, few.page),
        ("a letter of 64 senders", many.letter, few.letter),
        ("a recipient of a hundred", many.recipient, few.recipient),
    ] {
        let what = format!("CPU of {figure} {what}");
        row("P18", &what, &format!("{many:.1} us"), &format!("{beside} {few:.1} us"), many / few, goal);
    }
}

async fn costs(office: &Office) -> Costs {
    let server = serve(office, None);
    let poll = poll(&server, office).await;
    Costs {
        poll,
        page: repeated(&server, 200, 200, || office.first_page()).await,
        letter: letters(&server, office).await,
        recipient: repeated(&server, 201, 5, || office.letter(0, 100)).await / 100.0,
    }
}

async fn poll(server: &Process, office: &Office) -> f64 {
    let requests = office.quiet_polls(&server.address, CONNECTIONS).await;
    let mut costs = Vec::new();
    for _ in 0..ROUNDS {
        let before = server.cpu_ns();
        let count = client::saturated(None, &server.address, &requests, ROUND).await;
        costs.push(each_us(before, server.cpu_ns(), count));
    }
    median(costs)
}

async fn letters(server: &Process, office: &Office) -> f64 {
    const EACH: usize = 10;
    let mut costs = Vec::new();
    for _ in 0..ROUNDS {
        let before = server.cpu_ns();
        post(office, std::slice::from_ref(server), EACH).await;
        costs.push(each_us(before, server.cpu_ns(), CONNECTIONS * EACH));
    }
    median(costs)
}

/// One request after the other, so many a round.
async fn repeated(server: &Process, status: u16, count: usize, request: impl Fn() -> Vec<u8>) -> f64 {
    let mut connection = Connection::open(&server.address).await;
    let mut costs = Vec::new();
    for _ in 0..ROUNDS {
        let requests: Vec<_> = (0..count).map(|_| request()).collect();
        let before = server.cpu_ns();
        for request in requests {
            assert_eq!(connection.ask(&request).await, status);
        }
        costs.push(each_us(before, server.cpu_ns(), count));
    }
    median(costs)
}
