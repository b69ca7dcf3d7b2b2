// SPDX-License-Identifier: Apache-2.0
// CMake makes a precompiled header of a program that has a source.
int main() {}
