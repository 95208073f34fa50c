#include <algorithm>
#include <host/catalogue.hpp>

#include "catch.hpp"
#include "plugin_files.hpp"

using namespace etude;
using namespace etude::test;

namespace {

/// Sets an environment variable while it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) { setenv(name, value.c_str(), 1); }
  ~Variable() { unsetenv(name_); }

 private:
  const char* name_;
};

std::string text_of(const std::vector<PluginDirectory>& directories) {
  std::string out;
  for (const auto& directory : directories) out += directory.asked_by + ' ' + directory.path.string() + '\n';
  return out;
}

}  // namespace

TEST_CASE("Directories are searched in the order of design: command line, environment, experiment, installed") {
  const Folder a, b, c, d;
  const Variable variable("ETUDE_PLUGIN_PATH", b.path().string() + "::" + c.path().string() + ":");
  const auto directories = plugin_search_path({a.path()}, {{d.path(), "mine.toml:3:1"}, {a.path(), "mine.toml:4:1"}});
  const auto installed = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "lib/etude/plugins";
  CHECK(text_of(directories) == text_of({{a.path(), "--plugin-dir"},
                                         {b.path(), "ETUDE_PLUGIN_PATH"},
                                         {c.path(), "ETUDE_PLUGIN_PATH"},
                                         {d.path(), "mine.toml:3:1"},
                                         {installed, "installed"}}));
}

TEST_CASE("The working directory is never searched by itself") {
  const Folder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  const Variable variable("ETUDE_PLUGIN_PATH", ":");
  const auto directories = plugin_search_path({}, {});
  std::filesystem::current_path(before);
  CHECK(std::none_of(directories.begin(), directories.end(), [&](const auto& each) { return each.path == folder.path(); }));
}

TEST_CASE("A directory that someone asked for must be there, the installed one need not") {
  const Folder folder;
  const auto missing = folder.path() / "nowhere";
  CHECK(Catalogue::load({{missing, "installed"}}).plugins().empty());
  try {
    Catalogue::load({{missing, "--plugin-dir"}});
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::usage);
    CHECK_THAT(error.message(), Catch::Contains(missing.string()));
    CHECK_THAT(error.remedy(), Catch::Contains("--plugin-dir"));
  }
}

TEST_CASE("Of two parts with one id the first in search order is taken, and the other is known to be shadowed") {
  const Folder first, second;
  const auto taken = first.copy(good_plugin());
  const auto hidden = second.copy(bad_plugin("stripped"));
  const auto catalogue = Catalogue::load({{first.path(), "--plugin-dir"}, {second.path(), "ETUDE_PLUGIN_PATH"}});
  CHECK(catalogue.plugins().size() == 2);
  CHECK(catalogue.file_of(Kind::tokenizer, "byte").file == taken);
  REQUIRE(catalogue.shadowed().size() == 1);
  CHECK(catalogue.shadowed()[0].id == "byte");
  CHECK(catalogue.shadowed()[0].file == hidden);
  CHECK(catalogue.shadowed()[0].by == taken);
}

TEST_CASE("One file that is found twice is one plugin") {
  const Folder folder;
  const auto file = folder.copy(good_plugin());
  std::filesystem::create_symlink(file, folder.path() / "libagain.so");
  const auto catalogue = Catalogue::load({{folder.path(), "--plugin-dir"}});
  CHECK(catalogue.plugins().size() == 1);
  CHECK(catalogue.shadowed().empty());
}

TEST_CASE("A bad file does not keep the good ones from loading, and is listed with its reason") {
  const Folder folder;
  folder.copy(good_plugin());
  folder.copy(bad_plugin("throws_while_registering"));
  folder.write("libtext.so", "tune\n");
  folder.write("README", "not looked at\n");
  std::filesystem::create_symlink(folder.path() / "gone.so", folder.path() / "libbroken.so");
  const auto catalogue = Catalogue::load({{folder.path(), "--plugin-dir"}});
  REQUIRE(catalogue.plugins().size() == 1);
  REQUIRE(catalogue.rejected().size() == 3);
  CHECK(catalogue.rejected()[0].file.filename() == "libbroken.so");
  CHECK(catalogue.rejected()[1].file.filename() == "libtext.so");
  CHECK_THAT(catalogue.rejected()[2].reason, Catch::Contains("the score is on fire"));
  CHECK_THROWS_AS(catalogue.find(Kind::tokenizer, "half"), Error);
}

TEST_CASE("An unknown id lists the known ones, where they were looked for, and what was refused") {
  const Folder folder;
  folder.copy(good_plugin());
  folder.write("libtext.so", "tune\n");
  const auto catalogue = Catalogue::load({{folder.path(), "--plugin-dir"}});
  CHECK(catalogue.find(Kind::tokenizer, "byte").id == "byte");
  try {
    catalogue.find(Kind::tokenizer, "bytes");
    FAIL("found");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::usage);
    CHECK(error.message() == "unknown tokenizer bytes");
    CHECK(error.remedy() == "did you mean byte?\nknown: byte\nsearched: " + folder.path().string() +
                                " (--plugin-dir)\nrefused: " + (folder.path() / "libtext.so").string() +
                                ": it is not a shared library (no ELF header)");
  }
}

TEST_CASE("A part is found by its id alone, unless parts of two kinds have it") {
  const auto part = [](Kind kind, const std::string& id) {
    Part made;
    made.kind = kind;
    made.id = id;
    return made;
  };
  const Catalogue catalogue(
      {PluginFile{"/p/a.so", "a", "1", "", {part(Kind::tokenizer, "abc"), part(Kind::dataset, "abc"), part(Kind::metric, "m")}}});
  CHECK(catalogue.find("m").kind == Kind::metric);
  CHECK(catalogue.find(Kind::dataset, "abc").kind == Kind::dataset);
  CHECK_THROWS_WITH(catalogue.find("abc"), Catch::Contains("abc is both a dataset and a tokenizer"));
  CHECK_THROWS_WITH(catalogue.find("n"), Catch::Contains("known: tokenizer abc, dataset abc, metric m"));
}
