//! P1, P2, P4 and P17: empty polls, on kept connections and on new ones, over TCP and TLS.

use tokio_rustls::TlsConnector;

use crate::{
    CONNECTIONS, Process, ROUND, ROUNDS,
    client::{self, Connection},
    dovecot::{self, Dovecot},
    each_us, median,
    office::Office,
    secured::Certificate,
    serve, serve_bare,
    table::row,
};

pub(crate) async fn measure(dovecot: Option<&Dovecot>, office: &Office) {
    let (bare, server) = (serve_bare(None), serve(office, None));
    kept(&bare, &server, dovecot, office).await;
    let (ours_us, bare_us) = cold(None, &bare, &server, office).await;
    let what = "CPU of a poll on a new connection, TCP, one after the other";
    row("P4", what, &us(ours_us), &format!("bare {}", us(bare_us)), ours_us / bare_us, "1.1");
    // The data folder is one server's.
    drop((bare, server));
    secured(office).await;
}

fn us(value: f64) -> String {
    format!("{value:.1} us")
}

/// P1 and P2.
async fn kept(bare: &Process, server: &Process, dovecot: Option<&Dovecot>, office: &Office) {
    let requests = office.polls(&server.address, CONNECTIONS).await;
    let mut sessions = match dovecot {
        Some(dovecot) => dovecot.sessions(CONNECTIONS).await,
        None => Vec::new(),
    };
    for (number, goal, of_noop, paced) in [("P1", "1.3", "0.12", false), ("P2", "1.2", "0.4", true)] {
        let (mut bares, mut ours, mut noops, mut statuses) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            for (process, costs) in [(bare, &mut bares), (server, &mut ours)] {
                let before = process.cpu_ns();
                let count = if paced {
                    client::paced(&process.address, &requests, ROUND).await
                } else {
                    client::saturated(None, &process.address, &requests, ROUND).await
                };
                costs.push(each_us(before, process.cpu_ns(), count));
            }
            for (command, costs) in [("NOOP", &mut noops), ("STATUS INBOX (MESSAGES UNSEEN)", &mut statuses)]
            {
                let Some(dovecot) = dovecot else { continue };
                let before = dovecot.cpu_ns();
                let count = if paced {
                    dovecot::paced(&mut sessions, command, ROUND).await
                } else {
                    dovecot::saturated(&mut sessions, command, ROUND).await
                };
                costs.push(each_us(before, dovecot.cpu_ns(), count));
            }
        }
        let (bare, ours) = (median(bares), median(ours));
        let how = if paced { "paced at 200/s" } else { "saturated" };
        let what = format!("CPU of an empty poll, {how}");
        row(number, &what, &us(ours), &format!("bare {}", us(bare)), ours / bare, goal);
        if !noops.is_empty() {
            let (noop, status) = (median(noops), median(statuses));
            row(number, &what, &us(ours), &format!("Dovecot NOOP {}", us(noop)), ours / noop, of_noop);
            row(number, &what, &us(ours), &format!("Dovecot STATUS {}", us(status)), ours / status, "");
        }
    }
}

/// P4: each poll on a connection of its own, ours and the anchor's.
async fn cold(
    connector: Option<&TlsConnector>,
    bare: &Process,
    server: &Process,
    office: &Office,
) -> (f64, f64) {
    const COUNT: usize = 2_000;
    let requests = office.polls_by(connector, &server.address, CONNECTIONS).await;
    let (mut bares, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for (process, costs) in [(bare, &mut bares), (server, &mut ours)] {
            let before = process.cpu_ns();
            for number in 0..COUNT {
                let mut connection = Connection::open_by(connector, &process.address).await;
                assert_eq!(connection.ask(&requests[number % CONNECTIONS]).await, 304);
            }
            costs.push(each_us(before, process.cpu_ns(), COUNT));
        }
    }
    (median(ours), median(bares))
}

/// P1 and P4 over TLS, and P17 by them.
async fn secured(office: &Office) {
    let certificate = Certificate::make();
    let connector = certificate.client();
    let (bare, server) = (serve_bare(Some(&certificate)), serve(office, Some(&certificate)));
    let requests = office.polls_by(Some(&connector), &server.address, CONNECTIONS).await;
    let (mut bares, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for (process, costs) in [(&bare, &mut bares), (&server, &mut ours)] {
            let before = process.cpu_ns();
            let count = client::saturated(Some(&connector), &process.address, &requests, ROUND).await;
            costs.push(each_us(before, process.cpu_ns(), count));
        }
    }
    // A round begins with a handshake on each connection: a few of ten thousands.
    let (kept_us, kept_bare_us) = (median(ours), median(bares));
    let what = "CPU of an empty poll over TLS 1.3, saturated";
    row("P1", what, &us(kept_us), &format!("bare {}", us(kept_bare_us)), kept_us / kept_bare_us, "");
    let (cold_us, cold_bare_us) = cold(Some(&connector), &bare, &server, office).await;
    let what = "CPU of a poll on a new connection, full handshake of TLS 1.3, one after the other";
    row("P4", what, &us(cold_us), &format!("bare {}", us(cold_bare_us)), cold_us / cold_bare_us, "1.1");
    // 3,333 polls a second, a tenth of them on new connections.
    let cores = (3_000.0 * kept_us + 333.0 * cold_us) / 1_000_000.0;
    let what = "a million agents at 300 s over TLS, calculated from the two before";
    row("P17", what, &format!("{cores:.2} cores"), "two cores", cores / 2.0, "0.6");
}
