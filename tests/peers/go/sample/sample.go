// SPDX-License-Identifier: Apache-2.0

// Package sample has what both services of this folder answer with.
package sample

import (
	"errors"
	"math"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"sluice.test/peers/gen/catalog"
	"sluice.test/peers/gen/geo"
	"sluice.test/peers/gen/notes"
	"sluice.test/peers/gen/parts"
	"sluice.test/peers/gen/readings"
	"sluice.test/peers/gen/vendor"
)

// FirstID is the first of a stream's ids; no double holds it.
const FirstID = 1<<53 + 1

// ErrTimes is how a stream fails that was to.
var ErrTimes = errors.New("times must be ≥ 0, 100 % sure")

// Item is what a request for no item of its own gets.
func Item(request *catalog.WatchRequest) (*catalog.Item, error) {
	since := request.GetSince()
	if since == nil {
		since = timestamppb.New(time.Date(2026, 1, 2, 3, 4, 5, 6_000_000, time.UTC))
	}
	attributes, err := structpb.NewStruct(map[string]any{"glass": true, "needles": []any{nil, 1.5, "steel"}})
	if err != nil {
		return nil, err
	}
	inner := proto.Message(&geo.Place{Name: "Bergen", Kind: geo.Place_KIND_PORT})
	if request.GetNoted() {
		inner = &notes.Note{Text: "tighten"}
	}
	extra, err := anypb.New(inner)
	if err != nil {
		return nil, err
	}
	return &catalog.Item{
		Id:         FirstID,
		Name:       "Kompaß №1",
		Note:       proto.String(""),
		Rating:     proto.Int32(0),
		Price:      &catalog.Item_Cents{Cents: -250},
		Stock:      map[string]int32{"oslo": 3, "bergen": 0},
		Shelves:    map[int32]*geo.Place{-7: {Name: "top", Kind: geo.Place_KIND_SHELF}},
		Grades:     map[bool]catalog.Grade{true: catalog.Grade_GRADE_FINE},
		History:    []catalog.Grade{catalog.Grade_GRADE_ROUGH, catalog.Grade_GRADE_FINE},
		Picture:    []byte{0x00, 0xff, 0xfe},
		Checksum:   math.MaxUint64,
		Limits:     []float64{0.1, math.Inf(-1), math.NaN()},
		Ratio:      1.5,
		Size:       &catalog.Item_Size{Width: -1, Height: math.MaxUint32},
		Added:      since,
		Warranty:   durationpb.New(-1500 * time.Millisecond),
		Attributes: attributes,
		Remark:     structpb.NewNullValue(),
		Motto:      wrapperspb.String(""),
		Reserve:    wrapperspb.Int64(math.MinInt64),
		Changed:    &fieldmaskpb.FieldMask{Paths: []string{"name", "made_in.latitude"}},
		Extra:      extra,
		MadeIn:     &geo.Place{Name: "Tromsø", Latitude: 69.625},
		Parts:      []*catalog.Item{{Id: 2, Price: &catalog.Item_OnRequest{OnRequest: ""}}},
	}, nil
}

// Part has extensions of its own package and of another one.
func Part() *parts.Part {
	part := &parts.Part{
		Number:   proto.String("K-1"),
		Count:    proto.Int32(3),
		Sizes:    []int32{1, 200},
		Offsets:  []int32{-1, 1},
		Finish:   parts.Finish_RAW.Enum(),
		Box:      &parts.Part_Box{Width: proto.Int32(5), Label: proto.String("fragile")},
		Aliases:  map[int64]string{FirstID: "old"},
		Supplier: &parts.Part_Warehouse{Warehouse: 4},
	}
	proto.SetExtension(part, parts.E_Nickname, "needle")
	proto.SetExtension(part, vendor.E_Colour, "red")
	proto.SetExtension(part, vendor.E_Origin, &geo.Place{Name: "Bodø"})
	proto.SetExtension(part, vendor.E_Batches, []int32{7, 8})
	proto.SetExtension(part, vendor.E_Seal_Seal, &vendor.Seal{By: proto.String("Ada")})
	return part
}

// Reading is what an edition makes of it.
func Reading() *readings.Reading {
	return &readings.Reading{
		Sensor:  proto.String(""),
		Channel: 0,
		Unit:    proto.String("K"),
		Samples: []int32{1, 200},
		Steps:   []int32{3, 4},
		State:   readings.State_WARM.Enum(),
		Place:   &geo.Place{Name: "roof"},
		Taken:   timestamppb.New(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)),
		Limits:  map[string]float64{"low": -0.5},
		Cause:   &readings.Reading_Timer{Timer: FirstID},
	}
}
