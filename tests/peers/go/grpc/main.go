// SPDX-License-Identifier: Apache-2.0

// Serves with grpc-go and its reflection, and prints its port.
package main

import (
	"fmt"
	"log"
	"net"

	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"sluice.test/peers/gen/catalog"
	"sluice.test/peers/gen/geo"
	"sluice.test/peers/gen/parts"
	"sluice.test/peers/gen/readings"
	"sluice.test/peers/gen/route"
	"sluice.test/peers/sample"
)

type catalogService struct {
	catalog.UnimplementedCatalogServer
}

func (catalogService) Watch(request *catalog.WatchRequest, stream grpc.ServerStreamingServer[catalog.Item]) error {
	times := int32(1)
	if request.Times != nil {
		times = request.GetTimes()
	}
	item := request.GetItem()
	if item == nil {
		var err error
		if item, err = sample.Item(request); err != nil {
			return err
		}
	}
	for n := range max(times, -times) {
		item.Id = sample.FirstID + int64(n)
		if err := stream.Send(item); err != nil {
			return err
		}
	}
	if times < 0 {
		return status.Error(codes.InvalidArgument, sample.ErrTimes.Error())
	}
	return nil
}

func (catalogService) Get(_ context.Context, request *catalog.GetRequest) (*catalog.Item, error) {
	return sample.Item(&catalog.WatchRequest{Since: request.GetSince()})
}

func (catalogService) Locate(_ context.Context, place *geo.Place) (*geo.Place, error) {
	return place, nil
}

func (catalogService) Follow(request *route.Route, stream grpc.ServerStreamingServer[geo.Place]) error {
	for _, stop := range request.GetStops() {
		if err := stream.Send(stop); err != nil {
			return err
		}
	}
	return nil
}

type partService struct {
	parts.UnimplementedPartsServer
}

func (partService) Watch(request *parts.PartRequest, stream grpc.ServerStreamingServer[parts.Part]) error {
	part := sample.Part()
	if request.Part != nil {
		part = request.GetPart()
	}
	return repeat(part, request.GetTimes(), stream)
}

type readingService struct {
	readings.UnimplementedReadingsServer
}

func (readingService) Watch(request *readings.ReadingRequest, stream grpc.ServerStreamingServer[readings.Reading]) error {
	reading := sample.Reading()
	if request.Reading != nil {
		reading = request.GetReading()
	}
	return repeat(reading, request.GetTimes(), stream)
}

func repeat[M any, P interface {
	*M
	proto.Message
}](message P, times int32, stream grpc.ServerStreamingServer[M]) error {
	for range times {
		if err := stream.Send(message); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	catalog.RegisterCatalogServer(server, catalogService{})
	parts.RegisterPartsServer(server, partService{})
	readings.RegisterReadingsServer(server, readingService{})
	reflection.Register(server)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(server.Serve(listener))
}
