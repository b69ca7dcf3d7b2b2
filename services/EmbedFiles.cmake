# SPDX-License-Identifier: Apache-2.0
# cmake -DFOLDER=dir -DNAMES=a,b -DOUTPUT=file.cc -P EmbedFiles.cmake
# The files as arrays of bytes, for services/page_files.h.
string(REPLACE "," ";" NAMES "${NAMES}")
set(arrays "")
set(entries "")
set(index 0)
foreach(name ${NAMES})
  file(READ ${FOLDER}/${name} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "constexpr unsigned char kBytes${index}[] = {${bytes}};\n")
  string(APPEND entries "      {\"/${name}\", TextOf(kBytes${index}, sizeof kBytes${index})},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT} "// Written by services/EmbedFiles.cmake.
#include \"services/page_files.h\"

namespace sluice::demo {
namespace {

absl::string_view TextOf(const unsigned char* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

${arrays}
}  // namespace

const std::map<std::string, absl::string_view>& PageFiles() {
  static const auto& files = *new std::map<std::string, absl::string_view>{
${entries}  };
  return files;
}

}  // namespace sluice::demo
")
