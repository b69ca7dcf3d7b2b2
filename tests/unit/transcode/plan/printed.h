// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "gateway/base/bytes/output_buffer.h"
#include "gateway/transcode/dynamic_types.h"
#include "gateway/transcode/plan/plan_cache.h"
#include "gateway/transcode/plan/wire_printer.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {

// The plans of a schema that stands in a test, and what a WirePrinter makes of bytes by them.
class Printed final {
 public:
  explicit Printed(absl::string_view proto_text, const JsonOptions& json = {})
      : schema_(proto_text), types_(schema_.pool()), book_(types_, json) {}

  const InlineSchema& schema() const { return schema_; }
  const MessagePlan& Plan(const std::string& type) const { return book_.For(schema_.Type(type)); }
  const PlanCache& book() const { return book_; }

  // The JSON; `second look`, or what is wrong.
  std::string Of(const std::string& type, absl::string_view wire, int max_depth = 64) const {
    OutputBuffer out;
    // A copy of just that size, so that a sanitizer sees what reads beyond it.
    const std::string bytes(wire);
    WirePrinter printer({book_, max_depth}, bytes, out);
    return Told(printer, printer.Print(Plan(type)), out, type);
  }
  std::string OfText(const std::string& type, const std::string& text) const {
    return Of(type, schema_.Wire(type, text));
  }
  std::string OfField(const std::string& type, const std::string& field,
                      absl::string_view wire) const {
    OutputBuffer out;
    const MessagePlan& plan = Plan(type);
    const int number = plan.type->FindFieldByName(field)->number();
    WirePrinter printer({book_, 64}, wire, out);
    const uint32_t index = plan.IndexOfNumber(static_cast<uint32_t>(number));
    return Told(printer, printer.PrintField(plan, plan.fields[index - 1]), out, type);
  }
  size_t UnknownFields(const std::string& type, absl::string_view wire) const {
    OutputBuffer out;
    WirePrinter printer({book_, 64}, wire, out);
    printer.Print(Plan(type));
    return printer.unknown_fields();
  }

 private:
  std::string Told(const WirePrinter& printer, WirePrinter::Outcome outcome,
                   const OutputBuffer& out, const std::string& type) const {
    if (outcome == WirePrinter::Outcome::kDone) return std::string(out.written());
    if (outcome == WirePrinter::Outcome::kSecondLook) return "second look";
    return printer.Fault(Plan(type));
  }

  const InlineSchema schema_;
  const DynamicTypes types_;
  const PlanCache book_;
};

}  // namespace sluice
