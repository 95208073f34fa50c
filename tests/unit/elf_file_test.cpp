#include <elf.h>

#include <algorithm>
#include <cstring>
#include <etude/error.hpp>
#include <host/elf_file.hpp>

#include "catch.hpp"
#include "plugin_files.hpp"

using namespace etude;
using namespace etude::test;

namespace {

std::string refusal(const std::filesystem::path& file) {
  try {
    read_dynamic_symbols(file);
  } catch (const Error& error) {
    CHECK_FALSE(error.remedy().empty());
    return error.message();
  }
  return "accepted";
}

/// The good plugin with `change` applied to its header.
template <class Change>
std::string refusal_after(Change change) {
  const Folder folder;
  std::string content = bytes_of(good_plugin());
  Elf64_Ehdr header;
  std::memcpy(&header, content.data(), sizeof header);
  change(header);
  std::memcpy(content.data(), &header, sizeof header);
  return refusal(folder.write("libchanged.so", content));
}

}  // namespace

TEST_CASE("A plugin's entry and what it needs are read from the file, stripped or not") {
  const auto file = GENERATE(good_plugin(), bad_plugin("stripped"));
  const auto symbols = read_dynamic_symbols(file);
  CHECK(symbols.known);
  CHECK(std::count(symbols.defined.begin(), symbols.defined.end(), "etude_plugin_v1") == 1);
  CHECK(std::count(symbols.undefined.begin(), symbols.undefined.end(), "_ZTIN5etude9TokenizerE") == 1);
}

TEST_CASE("A plugin exports its entry and nothing else") {
  CHECK(read_dynamic_symbols(good_plugin()).defined == std::vector<std::string>{"etude_plugin_v1"});
}

TEST_CASE("A library cut at any point is refused before anything opens it") {
  const std::string whole = bytes_of(bad_plugin("stripped"));
  const Folder folder;
  std::vector<std::size_t> lengths{0, 1, 3, 4, 15, 16, 63, 64, 65, 200, whole.size() - 1};
  for (std::size_t length = 1000; length < whole.size(); length += 997) lengths.push_back(length);
  for (const std::size_t length : lengths) {
    INFO("cut at " << length << " of " << whole.size());
    const std::string message = refusal(folder.write("libcut.so", whole.substr(0, length)));
    CHECK_THAT(message, length == 0 ? Catch::Contains("the file is empty") : Catch::Contains("the file is cut short"));
  }
}

TEST_CASE("What is no library for this machine is told what it is") {
  const Folder folder;
  CHECK(refusal(folder.write("libtext.so", "X:1\nT:A tune\n")) == "it is not a shared library (no ELF header)");
  CHECK_THAT(refusal_after([](auto& header) { header.e_ident[EI_CLASS] = ELFCLASS32; }), Catch::Contains("32-bit"));
  CHECK_THAT(refusal_after([](auto& header) { header.e_ident[EI_DATA] = ELFDATA2MSB; }), Catch::Contains("byte order"));
  CHECK_THAT(refusal_after([](auto& header) { header.e_machine = EM_RISCV; }), Catch::Contains("another processor"));
  CHECK_THAT(refusal_after([](auto& header) { header.e_type = ET_REL; }), Catch::Contains("object file"));
  CHECK_THAT(refusal_after([](auto& header) { header.e_type = ET_EXEC; }), Catch::Contains("a program"));
  CHECK_THAT(refusal_after([](auto& header) { header.e_phoff = ~0ull - 8; }), Catch::Contains("cut short"));
  CHECK_THAT(refusal_after([](auto& header) { header.e_shoff = 1ull << 62; }), Catch::Contains("cut short"));
}

TEST_CASE("Without section headers nothing can be said about symbols, and nothing is") {
  const Folder folder;
  std::string content = bytes_of(good_plugin());
  Elf64_Ehdr header;
  std::memcpy(&header, content.data(), sizeof header);
  header.e_shoff = 0;
  header.e_shnum = header.e_shstrndx = 0;
  std::memcpy(content.data(), &header, sizeof header);
  CHECK_FALSE(read_dynamic_symbols(folder.write("libplain.so", content)).known);
}
