// What becomes of each bad plugin of tests/fixtures.
#include <host/handshake.hpp>
#include <host/loader.hpp>

#include "catch.hpp"
#include "plugin_files.hpp"

using namespace etude;
using namespace etude::test;

namespace {

struct Refusal {
  std::string reason, remedy;
};

Refusal refusal(const std::filesystem::path& file) {
  try {
    load_plugin(file);
  } catch (const Error& error) {
    return {error.message(), error.remedy()};
  }
  return {"loaded", ""};
}

Refusal refusal_of(const std::string& fault) { return refusal(bad_plugin(fault)); }

}  // namespace

TEST_CASE("A good plugin tells its id, version, digest and parts") {
  const PluginFile plugin = load_plugin(good_plugin());
  CHECK(plugin.id == "etude.tokenizer_byte");
  CHECK(plugin.version == "1.0.0");
  CHECK(plugin.sha256.size() == 64);
  REQUIRE(plugin.parts.size() == 1);
  CHECK(plugin.parts[0].kind == Kind::tokenizer);
  CHECK(plugin.parts[0].id == "byte");
}

TEST_CASE("A stripped plugin loads") { CHECK(load_plugin(bad_plugin("stripped")).parts.at(0).id == "byte"); }

TEST_CASE("A text file is no plugin") {
  const Folder folder;
  CHECK_THAT(refusal(folder.write("libtext.so", "not a library\n")).reason, Catch::Contains("not a shared library"));
}

TEST_CASE("A library without an entry is told how to get one") {
  const auto [reason, remedy] = refusal_of("no_plugin");
  CHECK(reason == "it is a library but no Etude plugin: it does not export etude_plugin_v1");
  CHECK_THAT(remedy, Catch::Contains("ETUDE_PLUGIN(id, version, registry)"));
}

TEST_CASE("A plugin of another major version is refused without running its code") {
  const auto [reason, remedy] = refusal_of("other_major");
  CHECK(reason == "made for plugin API 2, this program has 1");
  CHECK_THAT(remedy, Catch::StartsWith("rebuild it against the SDK in "));
}

TEST_CASE("A plugin of a newer minor version is refused") {
  CHECK(refusal_of("newer_minor").reason == "made for plugin API 1.1, this program has 1.0");
}

TEST_CASE("A plugin for another LibTorch is told both versions and how to rebuild") {
  const auto [reason, remedy] = refusal_of("other_libtorch");
  CHECK(reason == text("built with LibTorch 1.13.1, this program runs ", own_entry().libtorch_version));
  CHECK_THAT(remedy, Catch::Contains("cmake -S <plugin> -B build -DCMAKE_PREFIX_PATH="));
}

TEST_CASE("A plugin that differs in one flag is refused") {
  CHECK_THAT(refusal_of("other_sanitizer").reason, Catch::StartsWith("built with address sanitizer "));
}

TEST_CASE("Several differences are a table") {
  const auto [reason, remedy] = refusal_of("other_everything");
  CHECK(reason == "built differently from this program");
  const auto own = own_entry();
  CHECK_THAT(remedy, Catch::StartsWith(text("                  plugin  this program\n"
                                            "LibTorch          1.13.1  ",
                                            own.libtorch_version,
                                            "\n"
                                            "compiler          gcc 4   ",
                                            own.compiler,
                                            "\n"
                                            "C++11 string ABI  no      yes\nrebuild it")));
}

TEST_CASE("An entry too small to be one is refused") {
  CHECK_THAT(refusal_of("small_entry").reason, Catch::StartsWith("its entry has 16 bytes"));
  CHECK_THAT(refusal_of("no_name").reason, Catch::StartsWith("its entry names no id"));
}

TEST_CASE("An entry from an older minor version may be shorter than today's, one from a newer may not pass") {
  struct Future {
    EtudePluginEntry known;
    const char* added;
  } future{entry_of_this_build("test.future", "2.0.0", [](void*) {}), "what later versions add"};
  future.known.size = sizeof future;
  CHECK(std::string(accept_entry(&future).plugin_id) == "test.future");  // appended fields of the same minor version do no harm
  future.known.api_minor = ETUDE_API_MINOR + 1;
  CHECK_THROWS_AS(accept_entry(&future), Error);
}

TEST_CASE("An undefined symbol is named as a programmer writes it") {
  const auto [reason, remedy] = refusal_of("undefined_symbol");
  CHECK(reason == "it needs etude::music::transpose(int), which neither this SDK nor this LibTorch has");
  CHECK_THAT(remedy, Catch::StartsWith("rebuild it"));
}

TEST_CASE("The loader's other complaints are put into words too") {
  CHECK(explain_loader("libfoo.so.3: cannot open shared object file: No such file or directory").message() ==
        "it needs the library libfoo.so.3, which is not found");
  CHECK(explain_loader("/lib/libstdc++.so.6: version `GLIBCXX_3.4.99' not found (required by /p/libx.so)").message() ==
        "it needs GLIBCXX_3.4.99, which this system does not have");
  CHECK(explain_loader("something new").message() == "the dynamic loader says: something new");
}

TEST_CASE("Registration is all or nothing") {
  CHECK(refusal_of("throws_while_registering").reason ==
        "plugin test.throws_while_registering failed in register_parts(): the score is on fire");
  CHECK(refusal_of("id_twice").reason ==
        "plugin test.id_twice failed in register_parts(): tokenizer minimal is registered twice");
  CHECK_THAT(refusal_of("bad_id").reason, Catch::Contains("malformed id \"Mini mal\" of a tokenizer"));
  CHECK(refusal_of("registers_nothing").reason == "it registers no part");
}

TEST_CASE("A plugin with the address sanitizer is refused before its runtime ends the process") {
  if (!std::filesystem::exists(bad_plugin("sanitized"))) SKIP("this build has the sanitizer itself");
  CHECK(refusal_of("sanitized").reason == "built with address sanitizer yes, this program runs no");
}
