// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/observe/log_fields.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

TEST(LogFields, KeepsTheOrderInBothForms) {
  LogFields fields;
  fields.Text("peer", "192.0.2.7")
      .Number("bytes", 12)
      .Seconds("duration", absl::Milliseconds(1500));
  EXPECT_EQ(fields.ToJsonMembers(), ",\"peer\":\"192.0.2.7\",\"bytes\":12,\"duration\":1.500000");
  EXPECT_EQ(fields.ToText(), " peer=\"192.0.2.7\" bytes=12 duration=1.500000");
}

TEST(LogFields, EscapesWhatComesFromOutside) {
  LogFields fields;
  fields.Text("id", "a\"b\r\n\x1b[0m\xff");
  EXPECT_EQ(fields.ToJsonMembers(), ",\"id\":\"a\\\"b\\r\\n\\u001b[0m\xEF\xBF\xBD\"");
  EXPECT_EQ(fields.ToText(), " id=\"a\\\"b\\r\\n\\u001b[0m\xEF\xBF\xBD\"");
}

TEST(LogFields, CutsALongText) {
  LogFields fields;
  fields.Text("id", std::string(1 << 20, 'x'));
  EXPECT_EQ(fields.ToText().size(), std::string(" id=\"...\"").size() + LogFields::kMaxTextBytes);
}

}  // namespace
}  // namespace sluice
