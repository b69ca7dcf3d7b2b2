# SPDX-License-Identifier: Apache-2.0

# What every target of ours is compiled with.
add_library(sluice_flags INTERFACE)
target_compile_options(sluice_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Werror
  -Wno-missing-field-initializers)  # designated initialisers leave out what has a default
# GCC 12 sees overlapping copies in every std::string + const char* (its bug 105651).
target_compile_options(sluice_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
# GCC 13 and later take a reference into a lasting object for one to the temporary that was the key to it.
target_compile_options(sluice_flags INTERFACE
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_GREATER_EQUAL:$<CXX_COMPILER_VERSION>,13>>:-Wno-dangling-reference>)
target_include_directories(sluice_flags INTERFACE ${CMAKE_SOURCE_DIR})
if(SLUICE_SANITIZE)
  add_compile_options(-fsanitize=${SLUICE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SLUICE_SANITIZE})
endif()
if(SLUICE_SANITIZE MATCHES "thread")
  # GCC says that tsan does not model fences; Boost.Asio uses one, next to real synchronisation.
  target_compile_options(sluice_flags INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  # With this macro protobuf's maps get another layout than those in Debian's library.
  add_compile_options(-U__SANITIZE_THREAD__ $<$<CXX_COMPILER_ID:GNU>:-D_GLIBCXX_TSAN=1>)
  # Otherwise gRPC calls our copies of what both took from a header, and its accesses look like ours.
  target_link_options(sluice_flags INTERFACE
    -Wl,--version-script=${CMAKE_SOURCE_DIR}/cmake/hidden.map)
endif()

# gateway_library(<folder> [MORE generated.cc] [EXCEPT main.cc] [DEPS targets])
# One static library a folder of gateway/, named sluice_<folder>: every .cc file in and below it.
function(gateway_library folder)
  cmake_parse_arguments(ARG "" "" "MORE;EXCEPT;DEPS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} *.cc)
  if(ARG_EXCEPT)
    list(REMOVE_ITEM sources ${ARG_EXCEPT})
  endif()
  add_library(sluice_${folder} STATIC ${sources} ${ARG_MORE})
  target_link_libraries(sluice_${folder} PUBLIC sluice_flags ${ARG_DEPS})
endfunction()

# gateway_test_program(<name> SOURCES a_test.cc [DEPS targets])
# A program of tests that nothing runs yet: see gateway_test_entry.
function(gateway_test_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE test_flags ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  target_precompile_headers(${name} REUSE_FROM test_headers)
  if(SLUICE_SANITIZE MATCHES "thread")
    target_compile_definitions(${name} PRIVATE SLUICE_TSAN)  # GCC's own macro is undefined, see above
  endif()
endfunction()

# gateway_test_entry(<name> COMMAND program [arguments] LABELS words)
# Makes ctest run a program of tests, or a part of one, as the test <name>.
function(gateway_test_entry name)
  cmake_parse_arguments(ARG "" "" "COMMAND;LABELS" ${ARGN})
  add_test(NAME ${name} COMMAND ${ARG_COMMAND} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 120)
  if(SLUICE_SANITIZE MATCHES "thread")
    set(options second_deadlock_stack=1 suppressions=${CMAKE_SOURCE_DIR}/tests/tsan.supp)
    list(JOIN options " " options)
    set_tests_properties(${name} PROPERTIES ENVIRONMENT "TSAN_OPTIONS=${options}")
  elseif(SLUICE_SANITIZE MATCHES "address")
    set(options suppressions=${CMAKE_SOURCE_DIR}/tests/lsan.supp:print_suppressions=0)
    set_tests_properties(${name} PROPERTIES ENVIRONMENT "LSAN_OPTIONS=${options}")
  endif()
endfunction()

# gateway_unit_test(<folder> [MORE support.cc] [EXCEPT a_test.cc] [DEPS targets])
# One program, unit_<folder>, of every .cc file in and below a folder of tests/unit/.
function(gateway_unit_test folder)
  cmake_parse_arguments(ARG "" "" "MORE;EXCEPT;DEPS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} *.cc)
  if(ARG_EXCEPT)
    list(REMOVE_ITEM sources ${ARG_EXCEPT})
  endif()
  gateway_test_program(unit_${folder} SOURCES ${sources} ${ARG_MORE} DEPS ${ARG_DEPS})
  gateway_test_entry(unit_${folder} COMMAND unit_${folder} LABELS unit)
endfunction()

# proto_library(<name> ROOT dir FILES a.proto [GRPC])
# C++ of the .proto files below ROOT, as the static library <name>.
function(proto_library name)
  cmake_parse_arguments(ARG "GRPC" "ROOT" "FILES;DEPS" ${ARGN})
  set(out ${CMAKE_BINARY_DIR}/gen/${name})
  set(sources)
  foreach(file ${ARG_FILES})
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    set(outputs ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
    set(grpc_args)
    if(ARG_GRPC)
      list(APPEND outputs ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h)
      set(grpc_args --plugin=protoc-gen-grpc=${GRPC_CPP_PLUGIN} --grpc_out=${out})
    endif()
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${out}
      COMMAND ${PROTOC_PROGRAM} -I${ARG_ROOT} --cpp_out=${out} ${grpc_args} ${ARG_ROOT}/${file}
      DEPENDS ${ARG_ROOT}/${file}
      VERBATIM)
    list(APPEND sources ${outputs})
  endforeach()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC ${out})
  target_compile_options(${name} PRIVATE -w)
  target_link_libraries(${name} PUBLIC protobuf::libprotobuf ${ARG_DEPS})
  if(ARG_GRPC)
    target_link_libraries(${name} PUBLIC PkgConfig::GRPCPP)
  endif()
endfunction()
