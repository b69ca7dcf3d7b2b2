// SPDX-License-Identifier: Apache-2.0

//! Serves with tonic and tonic-reflection, and prints its port.

mod samples;

use std::error::Error;
use std::pin::Pin;

use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_stream::Stream;
use tonic::transport::Server;
use tonic::{Request, Response, Status, Streaming};

#[allow(clippy::all)]
mod proto {
    include!(concat!(env!("OUT_DIR"), "/all.rs"));
}

use proto::peers::catalog::v1::catalog_server::{Catalog, CatalogServer};
use proto::peers::catalog::v1::{GetRequest, Item, WatchRequest};
use proto::peers::geo::v1::{Place, Route};
use proto::peers::parts::v1::parts_server::{Parts, PartsServer};
use proto::peers::parts::v1::{Part, PartRequest};

const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.binpb"));

type Messages<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

fn stream<T, I>(results: I) -> Result<Response<Messages<T>>, Status>
where
    I: IntoIterator<Item = Result<T, Status>>,
    I::IntoIter: Send + 'static,
{
    Ok(Response::new(Box::pin(tokio_stream::iter(results))))
}

struct CatalogService;

#[tonic::async_trait]
impl Catalog for CatalogService {
    type WatchStream = Messages<Item>;
    type FollowStream = Messages<Place>;

    async fn watch(
        &self,
        request: Request<WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let request = request.into_inner();
        let times = request.times.unwrap_or(1);
        let item = request.item.unwrap_or_else(|| samples::item(request.since, request.noted));
        let failure = (times < 0).then(|| Err(Status::invalid_argument("times must be ≥ 0, 100 % sure")));
        let items = (0..i64::from(times.abs()))
            .map(move |n| Ok(Item { id: samples::FIRST_ID + n, ..item.clone() }));
        stream(items.chain(failure))
    }

    async fn get(&self, request: Request<GetRequest>) -> Result<Response<Item>, Status> {
        Ok(Response::new(samples::item(request.into_inner().since, false)))
    }

    async fn locate(&self, request: Request<Place>) -> Result<Response<Place>, Status> {
        Ok(Response::new(request.into_inner()))
    }

    async fn follow(
        &self,
        request: Request<Route>,
    ) -> Result<Response<Self::FollowStream>, Status> {
        stream(request.into_inner().stops.into_iter().map(Ok))
    }

    async fn import(&self, _: Request<Streaming<Item>>) -> Result<Response<()>, Status> {
        Err(Status::unimplemented("for the list of methods only"))
    }
}

struct PartService;

#[tonic::async_trait]
impl Parts for PartService {
    type WatchStream = Messages<Part>;

    async fn watch(
        &self,
        request: Request<PartRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let request = request.into_inner();
        let times = usize::try_from(request.times()).unwrap_or(0);
        let part = request.part.unwrap_or_else(samples::part);
        stream(vec![Ok(part); times])
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTORS)
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    Server::builder()
        .add_service(CatalogServer::new(CatalogService))
        .add_service(PartsServer::new(PartService))
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?)
        .serve_with_incoming(TcpListenerStream::new(listener))
        .await?;
    Ok(())
}
