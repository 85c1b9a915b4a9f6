//! The anchor: hyper alone, which answers 304 to whatever is asked.

use std::{convert::Infallible, net::SocketAddr};

use http_body_util::Empty;
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

pub(crate) async fn serve() {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
    println!("listening on http://{}", listener.local_addr().expect("an address"));
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        tokio::spawn(async move {
            let service = service_fn(async |_: Request<Incoming>| {
                let answer = Response::builder().status(StatusCode::NOT_MODIFIED).header("etag", "\"e.g.1\"");
                Ok::<_, Infallible>(answer.body(Empty::<Bytes>::new()).expect("it is well formed"))
            });
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
