//! The anchor: hyper alone, which answers 304 to whatever is asked; over TLS with the certificate of a folder.

use std::{convert::Infallible, net::SocketAddr, path::Path};

use http_body_util::Empty;
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};

use crate::secured;

pub(crate) async fn serve(certificate: Option<&Path>) {
    // As many connections as ours.
    restante_process::open_files::raise_limit();
    let acceptor = certificate.map(secured::acceptor);
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
    println!("listening on http://{}", listener.local_addr().expect("an address"));
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        match acceptor.clone() {
            None => tokio::spawn(answer(stream)),
            Some(acceptor) => tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    answer(stream).await;
                }
            }),
        };
    }
}

async fn answer(stream: impl AsyncRead + AsyncWrite + Unpin) {
    let service = service_fn(async |_: Request<Incoming>| {
        let answer = Response::builder().status(StatusCode::NOT_MODIFIED).header("etag", "\"e.g.1\"");
        Ok::<_, Infallible>(answer.body(Empty::<Bytes>::new()).expect("it is well formed"))
    });
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
