//! P5: the memory of connections that are held after one poll each, over TCP and TLS.

use tokio_rustls::TlsConnector;

use crate::{
    CONNECTIONS, Process, client::Connection, office::Office, secured::Certificate, serve, serve_bare,
    table::row,
};

/// Held at a time, fewer first.
const COUNTS: [usize; 2] = [1_000, 10_000];
/// Files that are open beside the connections: databases, sockets, pipes.
const OTHER_FILES: u64 = 256;

pub(crate) async fn measure(office: &Office) {
    let certificate = Certificate::make();
    let limit = restante_process::open_files::raise_limit();
    let counts =
        COUNTS.into_iter().filter(|count| limit.is_none_or(|limit| limit >= *count as u64 + OTHER_FILES));
    let counts: Vec<_> = counts.collect();
    if counts.len() < COUNTS.len() {
        println!("\nThe system allows {limit:?} open files: more connections are not measured (P5).\n");
    }
    for secured in [false, true] {
        let certificate = secured.then_some(&certificate);
        let connector = certificate.map(Certificate::client);
        // Processes of their own: memory that others gave back would be used first.
        let (bare, server) = (serve_bare(certificate), serve(office, certificate));
        let requests = office.polls_by(connector.as_ref(), &server.address, CONNECTIONS).await;
        let bare = hold(connector.as_ref(), &bare, &requests, &counts).await;
        let ours = hold(connector.as_ref(), &server, &requests, &counts).await;
        let by = if secured { "TLS" } else { "TCP" };
        for ((count, ours), bare) in counts.iter().zip(ours).zip(bare) {
            let what = format!("memory of a held connection, {by}, at {count}");
            row("P5", &what, &format!("{ours:.1} KiB"), &format!("bare {bare:.1} KiB"), ours / bare, "1.15");
            if *count == 10_000 {
                #[expect(clippy::cast_precision_loss, reason = "thousands")]
                let mb = ours * *count as f64 * 1_024.0 / 1_000_000.0;
                row("P5", &format!("all {count}, {by}"), &format!("{mb:.0} MB"), "300 MB", mb / 300.0, "1");
            }
        }
    }
}

/// KiB for each of so many connections, beyond those that the first polls took.
#[expect(clippy::cast_precision_loss, reason = "KiB of thousands of connections")]
async fn hold(
    connector: Option<&TlsConnector>,
    process: &Process,
    requests: &[Vec<u8>],
    counts: &[usize],
) -> Vec<f64> {
    let ask = async |number: usize| {
        let mut connection = Connection::open_by(connector, &process.address).await;
        assert_eq!(connection.ask(&requests[number % requests.len()]).await, 304);
        connection
    };
    // What is made once, such as stacks and tables, is no connection's.
    drop(ask(0).await);
    let before = process.pss_kib();
    let (mut held, mut each) = (Vec::new(), Vec::new());
    for count in counts {
        while held.len() < *count {
            held.push(ask(held.len()).await);
        }
        each.push(process.pss_kib().saturating_sub(before) as f64 / *count as f64);
    }
    each
}
