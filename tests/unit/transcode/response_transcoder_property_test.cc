// SPDX-License-Identifier: Apache-2.0
// Random messages of a type that has everything, as one pass writes them, and in pieces, as a
// second look does: protobuf reads both back as what they were.
#include <memory>
#include <random>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "demo/v1/faults.pb.h"
#include "gateway/transcode/response_transcoder.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace sluice {
namespace {

using demo::v1::Kinds;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

class Source final {
 public:
  explicit Source(uint32_t seed) : random_(seed) {}

  // Up to `depth` messages in each other.
  void Fill(int depth, Message& message) {
    const auto& type = *message.GetDescriptor();
    // Random ones have no JSON: an unknown type, an entry without a value.
    if (type.full_name() == "google.protobuf.Any") return;
    if (type.full_name() == "google.protobuf.Struct") return;
    const bool is_value = type.full_name() == "google.protobuf.Value";
    const int only = is_value ? 1 + static_cast<int>(random_() % 3) : -1;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (is_value ? i != only : random_() % 3 == 0) continue;
      const size_t times = field.is_repeated() ? random_() % 4 : 1;
      for (size_t time = 0; time < times; ++time) Set(depth, field, message);
    }
  }

 private:
  void Set(int depth, const FieldDescriptor& field, Message& message) {
    const Reflection& reflection = *message.GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (depth == 0) return;
      Fill(depth - 1, field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                          : *reflection.MutableMessage(&message, &field));
      return;
    }
    // By its text, so that one line serves every type.
    const std::string name = field.containing_type()->full_name();
    const bool is_time = name == "google.protobuf.Timestamp" || name == "google.protobuf.Duration";
    const uint64_t bits = random_() % 4 == 0 ? 0 : random_() >> (random_() % 64);
    const auto small = static_cast<int32_t>(bits % 1000000000);
    SetNumber(field, is_time ? static_cast<uint64_t>(small) : bits, message);
  }

  void SetNumber(const FieldDescriptor& field, uint64_t bits, Message& message) {
    const Reflection& reflection = *message.GetReflection();
    const bool add = field.is_repeated();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return add ? reflection.AddInt32(&message, &field, static_cast<int32_t>(bits))
                   : reflection.SetInt32(&message, &field, static_cast<int32_t>(bits));
      case FieldDescriptor::CPPTYPE_INT64:
        return reflection.SetInt64(&message, &field, static_cast<int64_t>(bits));
      case FieldDescriptor::CPPTYPE_UINT32:
        return reflection.SetUInt32(&message, &field, static_cast<uint32_t>(bits));
      case FieldDescriptor::CPPTYPE_UINT64:
        return reflection.SetUInt64(&message, &field, bits);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return reflection.SetDouble(&message, &field, static_cast<double>(bits) / 1024);
      case FieldDescriptor::CPPTYPE_FLOAT:
        return reflection.SetFloat(&message, &field, static_cast<float>(bits) / 1024);
      case FieldDescriptor::CPPTYPE_BOOL:
        return reflection.SetBool(&message, &field, (bits & 1) != 0);
      case FieldDescriptor::CPPTYPE_ENUM: {
        const bool is_null = field.enum_type()->value_count() == 1;
        const int number = is_null ? 0 : static_cast<int>(bits % 5);
        return add ? reflection.AddEnumValue(&message, &field, number)
                   : reflection.SetEnumValue(&message, &field, number);
      }
      default: {
        const std::string text = absl::StrCat("a", bits % 100, bits % 7 == 0 ? "\"\n é🙂" : "");
        const std::string path = absl::StrCat("p", bits % 10);
        const bool is_mask = field.containing_type()->full_name() == "google.protobuf.FieldMask";
        return add ? reflection.AddString(&message, &field, is_mask ? path : text)
                   : reflection.SetString(&message, &field, text);
      }
    }
  }

  std::mt19937_64 random_;
};

class TranscoderPropertyTest : public ::testing::Test {
 protected:
  std::string Json(const std::string& wire) const {
    TranscodedEvent event;
    const absl::Status status = transcoder_.Transcode(wire, event);
    EXPECT_TRUE(status.ok()) << status;
    return event.data;
  }

  const ResponseTranscoder transcoder_{{.type = Kinds::descriptor()}};
};

TEST_F(TranscoderPropertyTest, MessagesComeBackFromTheirJson) {
  for (uint32_t seed = 0; seed < 150; ++seed) {
    Kinds message;
    Source(seed).Fill(3, message);
    const std::string json = Json(message.SerializeAsString());
    Kinds back;
    const auto status = google::protobuf::util::JsonStringToMessage(json, &back);
    ASSERT_TRUE(status.ok()) << status << json;
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equivalent(message, back)) << json;
  }
}

TEST_F(TranscoderPropertyTest, MessagesInPiecesAreWhatParsingMakesOfThem) {
  for (uint32_t seed = 0; seed < 60; ++seed) {
    std::string wire;
    for (uint32_t piece = 0; piece < 3; ++piece) {
      Kinds message;
      Source(1000 * piece + seed).Fill(2, message);
      message.clear_value();  // pieces of one may hold two kinds
      message.clear_list();
      wire += message.SerializeAsString();
    }
    Kinds whole;
    ASSERT_TRUE(whole.ParseFromString(wire));
    // Written again it is in one piece.
    EXPECT_EQ(nlohmann::json::parse(Json(wire)),
              nlohmann::json::parse(Json(whole.SerializeAsString())));
  }
}

TEST_F(TranscoderPropertyTest, BytesCutShortAreRefusedAndSayWhere) {
  Kinds message;
  Source(7).Fill(3, message);
  const std::string wire = message.SerializeAsString();
  for (size_t size = 0; size < wire.size(); ++size) {
    TranscodedEvent event;
    const absl::Status status = transcoder_.Transcode(wire.substr(0, size), event);
    Kinds parsed;
    ASSERT_EQ(status.ok(), parsed.ParseFromString(wire.substr(0, size))) << size << status;
    if (!status.ok()) {
      EXPECT_TRUE(absl::StrContains(status.message(), "at byte ")) << status;
      EXPECT_EQ(event.data, "");
    }
  }
}

}  // namespace
}  // namespace sluice
