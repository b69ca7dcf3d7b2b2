// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// What protobuf's linker does not take.
struct LinkFault {
  enum class Element { kFile, kType, kExtension, kMethod };
  Element element = Element::kFile;
  std::string full_name;  // of the element; of a type the innermost one around the fault
  std::string what;       // `demo.v1.Room.id: Field number 1 has already been used …`
};

struct LinkedPool {
  std::unique_ptr<const google::protobuf::DescriptorPool> pool;
  // By file, in their order. A file that imports one with faults is not linked, and has none.
  std::vector<std::vector<LinkFault>> faults;
};

// Makes descriptors of whole files, of which each imports only those before it. Where a fault lies
// is found by the very element that protobuf complains of, not by its words.
//
// Bounds: 20 faults a file.
LinkedPool LinkFiles(const std::vector<google::protobuf::FileDescriptorProto>& files);

}  // namespace sluice
