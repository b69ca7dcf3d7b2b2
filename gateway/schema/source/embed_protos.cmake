# SPDX-License-Identifier: Apache-2.0
# cmake -DROOT=dir -DFILES=a.proto,b.proto -DOUT=file.cc -P embed_protos.cmake
# Writes a C++ source that holds the text of each file, for bundled_protos.cc.
string(REPLACE "," ";" FILES "${FILES}")
set(text "// SPDX-License-Identifier: Apache-2.0\n")
string(APPEND text "#include \"gateway/schema/source/bundled_texts.h\"\n\nnamespace sluice {\n\n")
string(APPEND text "const std::vector<BundledText>& BundledTexts() {\n")
string(APPEND text "  static const std::vector<BundledText>& texts = *new std::vector<BundledText>{\n")
foreach(file IN LISTS FILES)
  file(READ "${ROOT}/${file}" content)
  string(APPEND text "      {\"${file}\", R\"embedded(${content})embedded\"},\n")
endforeach()
string(APPEND text "  };\n  return texts;\n}\n\n}  // namespace sluice\n")
file(WRITE "${OUT}" "${text}")
