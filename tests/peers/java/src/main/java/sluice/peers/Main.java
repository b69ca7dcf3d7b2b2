// SPDX-License-Identifier: Apache-2.0
package sluice.peers;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import sluice.peers.catalog.CatalogGrpc;
import sluice.peers.catalog.GetRequest;
import sluice.peers.catalog.Item;
import sluice.peers.catalog.WatchRequest;
import sluice.peers.geo.Place;
import sluice.peers.geo.Route;
import sluice.peers.parts.Part;
import sluice.peers.parts.PartRequest;
import sluice.peers.parts.PartsGrpc;
import sluice.peers.readings.Reading;
import sluice.peers.readings.ReadingRequest;
import sluice.peers.readings.ReadingsGrpc;

/** Serves with grpc-java and its reflection, and prints its port. */
public final class Main {
  private Main() {}

  private static final class Catalog extends CatalogGrpc.CatalogImplBase {
    @Override
    public void watch(WatchRequest request, StreamObserver<Item> stream) {
      int times = request.hasTimes() ? request.getTimes() : 1;
      Item item = request.hasItem() ? request.getItem() : Samples.item(request);
      for (int n = 0; n < Math.abs(times); n++) {
        stream.onNext(item.toBuilder().setId(Samples.FIRST_ID + n).build());
      }
      if (times < 0) {
        String message = "times must be ≥ 0, 100 % sure";
        stream.onError(Status.INVALID_ARGUMENT.withDescription(message).asRuntimeException());
      } else {
        stream.onCompleted();
      }
    }

    @Override
    public void get(GetRequest request, StreamObserver<Item> answer) {
      WatchRequest.Builder wanted = WatchRequest.newBuilder();
      if (request.hasSince()) {
        wanted.setSince(request.getSince());
      }
      answer.onNext(Samples.item(wanted.build()));
      answer.onCompleted();
    }

    @Override
    public void locate(Place place, StreamObserver<Place> answer) {
      answer.onNext(place);
      answer.onCompleted();
    }

    @Override
    public void follow(Route route, StreamObserver<Place> stream) {
      route.getStopsList().forEach(stream::onNext);
      stream.onCompleted();
    }
  }

  private static final class Parts extends PartsGrpc.PartsImplBase {
    @Override
    public void watch(PartRequest request, StreamObserver<Part> stream) {
      Part part = request.hasPart() ? request.getPart() : Samples.part();
      repeat(part, request.getTimes(), stream);
    }
  }

  private static final class Readings extends ReadingsGrpc.ReadingsImplBase {
    @Override
    public void watch(ReadingRequest request, StreamObserver<Reading> stream) {
      Reading reading = request.hasReading() ? request.getReading() : Samples.reading();
      repeat(reading, request.getTimes(), stream);
    }
  }

  private static <M> void repeat(M message, int times, StreamObserver<M> stream) {
    for (int n = 0; n < times; n++) {
      stream.onNext(message);
    }
    stream.onCompleted();
  }

  public static void main(String[] arguments) throws Exception {
    Server server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress("127.0.0.1", 0), InsecureServerCredentials.create())
            .addService(new Catalog())
            .addService(new Parts())
            .addService(new Readings())
            .addService(ProtoReflectionServiceV1.newInstance())
            .build()
            .start();
    System.out.println(server.getPort());
    server.awaitTermination();
  }
}
