// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "gateway/schema/catalog.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "sluice/v1/stream.pb.h"
#include "tests/unit/schema/proto_texts.h"

namespace sluice {

// Messages with fields of every kind that options can name, and a service of every kind of method.
inline const char kRouteSchema[] = R"(
    syntax = "proto3";
    package demo.v1;
    import "sluice/v1/stream.proto";
    enum Side { BUY = 0; SELL = 1; }
    message Meta { string id = 1; uint64 sequence = 2; }
    message Request {
      string symbol = 1;
      optional string note = 2;
      bytes cursor = 3;
      int64 last_event_id = 4;
      Side side = 5;
      repeated string tags = 6;
      Meta meta = 7;
      bool flag = 8;
      map<string, string> labels = 9;
    }
    message Tick {
      string id = 1;
      Meta meta = 2;
      double price = 3;
      Side side = 4;
      repeated int32 sizes = 5;
      optional bool live = 6;
    }
    message Event { oneof kind { string text = 1; int32 number = 2; } optional int32 extra = 3; }
    message Two { oneof a { string b = 1; } oneof c { string d = 2; } }
    service Ticker {
      rpc Watch(Request) returns (stream Tick);
      rpc Events(Request) returns (stream Event);
      rpc Twos(Request) returns (stream Two);
      rpc Get(Request) returns (Tick) { option idempotency_level = NO_SIDE_EFFECTS; }
      rpc Post(Request) returns (Tick);
      rpc Upload(stream Request) returns (Tick);
      rpc Chat(stream Request) returns (stream Tick);
    }
    service Told {
      rpc Watch(Request) returns (stream Tick) {
        option (sluice.v1.stream) = { event_name: "tick" id_field: "id" retry { seconds: 9 } };
      }
    })";

inline std::shared_ptr<const Catalog> CatalogOf(const std::string& text) {
  CatalogBuilder builder;
  builder.Add("main", ServiceSet::FromFiles("main", CompileTexts({{"demo.proto", text}}), {}), {});
  return builder.Build();
}

inline const Method& MethodOf(const Catalog& catalog, const std::string& name) {
  for (const Method& method : catalog.methods()) {
    if (method.full_name == name) return method;
  }
  ADD_FAILURE() << "no method " << name;
  return catalog.methods().front();
}

inline sluice::v1::StreamOptions Options(const std::string& text) {
  sluice::v1::StreamOptions options;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &options)) << text;
  return options;
}

}  // namespace sluice
