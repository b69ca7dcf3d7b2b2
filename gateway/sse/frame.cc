// SPDX-License-Identifier: Apache-2.0
#include "gateway/sse/frame.h"

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

// The WHATWG parser ends a line at CR, LF or CRLF, so text with any of them needs a `data:` line
// each.
void AppendDataLines(absl::string_view data, OutputBuffer& out) {
  while (true) {
    const size_t end = data.find_first_of("\r\n");
    out.Append("data: ");
    out.Append(data.substr(0, end));
    out.Append("\n");
    if (end == absl::string_view::npos) return;
    const bool crlf = data[end] == '\r' && end + 1 < data.size() && data[end + 1] == '\n';
    data.remove_prefix(end + (crlf ? 2 : 1));
  }
}

}  // namespace

void AppendEvent(const SseEvent& event, OutputBuffer& out) {
  if (event.retry.has_value()) {
    out.Append(absl::StrCat("retry: ", absl::ToInt64Milliseconds(*event.retry), "\n"));
  }
  if (!event.name.empty()) {
    out.Append("event: ");
    out.Append(event.name);
    out.Append("\n");
  }
  AppendDataLines(event.data, out);
  if (event.id.has_value()) {
    out.Append("id: ");
    out.Append(*event.id);
    out.Append("\n");
  }
  out.Append("\n");
}

void BeginEvent(absl::string_view name, OutputBuffer& out) {
  if (!name.empty()) {
    out.Append("event: ");
    out.Append(name);
    out.Append("\n");
  }
  out.Append("data: ");
}

void EndEvent(absl::string_view id, OutputBuffer& out) {
  if (!id.empty()) {
    out.Append("\nid: ");
    out.Append(id);
  }
  out.Append("\n\n");
}

}  // namespace sluice
