// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/config/field_value.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "sluice/v1/stream.pb.h"

namespace sluice {

// One field of sluice.v1.StreamOptions, or of what is in it, said in two ways by two levels that
// say nothing else.
struct OptionSample {
  std::string path;  // `share.history.events`
  // As they are written in the configuration.
  std::string first_text;
  std::string second_text;
  sluice::v1::StreamOptions first;
  sluice::v1::StreamOptions second;
};

// Both messages of a method for which all samples are good: its fields `a` and `b` are texts.
inline const char kOptionSchema[] = R"(
    syntax = "proto3";
    package t;
    message Message { string a = 1; string b = 2; }
    service S { rpc Watch(Message) returns (stream Message); })";

class OptionSamples final {
 public:
  static std::vector<OptionSample> All() {
    OptionSamples samples;
    samples.Walk(*sluice::v1::StreamOptions::descriptor());
    return samples.all_;
  }

 private:
  using FieldDescriptor = google::protobuf::FieldDescriptor;

  void Walk(const google::protobuf::Descriptor& type) {
    for (int i = 0; i < type.field_count(); ++i) {
      above_.push_back(type.field(i));
      if (IsText(*above_.back())) {
        Add();
      } else {
        Walk(*above_.back()->message_type());
      }
      above_.pop_back();
    }
  }

  void Add() {
    OptionSample sample;
    for (const FieldDescriptor* field : above_) {
      absl::StrAppend(&sample.path, sample.path.empty() ? "" : ".", field->name());
    }
    const std::vector<std::string> texts = Texts(*above_.back());
    sample.first_text = texts[0];
    sample.second_text = texts[1];
    sample.first = Said(texts[0]);
    sample.second = Said(texts[1]);
    all_.push_back(std::move(sample));
  }

  sluice::v1::StreamOptions Said(const std::string& text) const {
    sluice::v1::StreamOptions options;
    google::protobuf::Message* message = &options;
    for (const FieldDescriptor* field : above_) {
      if (field == above_.back()) {
        EXPECT_EQ(SetText(*message, *field, text), absl::OkStatus()) << field->full_name();
      } else {
        message = message->GetReflection()->MutableMessage(message, field);
      }
    }
    return options;
  }

  static std::vector<std::string> Texts(const FieldDescriptor& field) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        return {"true", "false"};
      case FieldDescriptor::CPPTYPE_ENUM:
        return {field.enum_type()->value(1)->name(), field.enum_type()->value(2)->name()};
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return {"7s", "8s"};
      case FieldDescriptor::CPPTYPE_STRING:
        return {"a", "b"};
      default:
        return {"7", "8"};
    }
  }

  std::vector<const FieldDescriptor*> above_;
  std::vector<OptionSample> all_;
};

}  // namespace sluice
