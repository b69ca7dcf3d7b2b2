// SPDX-License-Identifier: Apache-2.0

// Serves with connect-go and its reflection, over HTTP/2 without TLS, and prints its port.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"

	"connectrpc.com/connect"
	"connectrpc.com/grpcreflect"

	"sluice.test/peers/gen/catalog"
	"sluice.test/peers/gen/catalog/catalogconnect"
	"sluice.test/peers/gen/geo"
	"sluice.test/peers/gen/parts"
	"sluice.test/peers/gen/parts/partsconnect"
	"sluice.test/peers/gen/readings"
	"sluice.test/peers/gen/readings/readingsconnect"
	"sluice.test/peers/gen/route"
	"sluice.test/peers/sample"
)

type catalogService struct {
	catalogconnect.UnimplementedCatalogHandler
}

func (catalogService) Watch(_ context.Context, request *connect.Request[catalog.WatchRequest],
	stream *connect.ServerStream[catalog.Item]) error {
	times := int32(1)
	if request.Msg.Times != nil {
		times = request.Msg.GetTimes()
	}
	item := request.Msg.GetItem()
	if item == nil {
		var err error
		if item, err = sample.Item(request.Msg); err != nil {
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
		return connect.NewError(connect.CodeInvalidArgument, sample.ErrTimes)
	}
	return nil
}

func (catalogService) Get(_ context.Context, request *connect.Request[catalog.GetRequest]) (
	*connect.Response[catalog.Item], error) {
	item, err := sample.Item(&catalog.WatchRequest{Since: request.Msg.GetSince()})
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(item), nil
}

func (catalogService) Locate(_ context.Context, request *connect.Request[geo.Place]) (
	*connect.Response[geo.Place], error) {
	return connect.NewResponse(request.Msg), nil
}

func (catalogService) Follow(_ context.Context, request *connect.Request[route.Route],
	stream *connect.ServerStream[geo.Place]) error {
	for _, stop := range request.Msg.GetStops() {
		if err := stream.Send(stop); err != nil {
			return err
		}
	}
	return nil
}

type partService struct{}

func (partService) Watch(_ context.Context, request *connect.Request[parts.PartRequest],
	stream *connect.ServerStream[parts.Part]) error {
	part := sample.Part()
	if request.Msg.Part != nil {
		part = request.Msg.GetPart()
	}
	return repeat(part, request.Msg.GetTimes(), stream)
}

type readingService struct{}

func (readingService) Watch(_ context.Context, request *connect.Request[readings.ReadingRequest],
	stream *connect.ServerStream[readings.Reading]) error {
	reading := sample.Reading()
	if request.Msg.Reading != nil {
		reading = request.Msg.GetReading()
	}
	return repeat(reading, request.Msg.GetTimes(), stream)
}

func repeat[M any](message *M, times int32, stream *connect.ServerStream[M]) error {
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
	mux := http.NewServeMux()
	mux.Handle(catalogconnect.NewCatalogHandler(catalogService{}))
	mux.Handle(partsconnect.NewPartsHandler(partService{}))
	mux.Handle(readingsconnect.NewReadingsHandler(readingService{}))
	reflector := grpcreflect.NewStaticReflector(
		catalogconnect.CatalogName, partsconnect.PartsName, readingsconnect.ReadingsName)
	mux.Handle(grpcreflect.NewHandlerV1(reflector))
	mux.Handle(grpcreflect.NewHandlerV1Alpha(reflector))
	protocols := &http.Protocols{}
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: mux, Protocols: protocols}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(server.Serve(listener))
}
