#include <base/files.hpp>
#include <catch.hpp>
#include <child_process.hpp>
#include <csignal>
#include <fstream>
#include <limits.hpp>
#include <set>
#include <temporary_directory.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> names_in(const fs::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.insert(entry.path().filename());
  return names;
}

}  // namespace

TEST_CASE("What is written is what is read, byte for byte") {
  testing::TemporaryDirectory temporary;
  const auto file = temporary.path() / "file";
  std::string bytes(300'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 >> 3);
  write_file(file, bytes);
  CHECK(read_file(file) == bytes);
  CHECK(content_of(file) == bytes);
  write_file(file, "");
  CHECK(read_file(file).empty());
  CHECK(names_in(temporary.path()) == std::set<std::string>{"file"});
}

TEST_CASE("A file that cannot be read or written is named with the system's reason") {
  CHECK_THROWS_WITH(read_file("/none/such/file"), "cannot read /none/such/file: No such file or directory");
  CHECK_THROWS_WITH(write_file("/none/such/file", ""), "cannot write /none/such/file: No such file or directory");
  CHECK_THROWS_WITH(read_file("/"), "cannot read /: Is a directory");
}

TEST_CASE("When a file cannot be written whole, the old one stands") {
  testing::TemporaryDirectory temporary;
  const auto file = temporary.path() / "file";
  write_file(file, "old");
  const testing::FileSizeLimit full(100'000);
  CHECK_THROWS_WITH(write_file(file, std::string(100'001, 'x')),
                    Catch::StartsWith("cannot write " + file.string() + ": File too large"));
  CHECK(content_of(file) == "old");
  CHECK(names_in(temporary.path()) == std::set<std::string>{"file"});
  write_file(file, std::string(100'000, 'x'));
  CHECK(content_of(file) == std::string(100'000, 'x'));
}

TEST_CASE("A writer that fails leaves the old file and nothing beside it") {
  testing::TemporaryDirectory temporary;
  const auto file = temporary.path() / "file";
  write_file(file, "old");
  CHECK_THROWS_WITH(replace_file(file,
                                 [](const fs::path& path) {
                                   std::ofstream(path) << "half";
                                   throw Error("no more");
                                 }),
                    "no more");
  CHECK(content_of(file) == "old");
  CHECK(names_in(temporary.path()) == std::set<std::string>{"file"});
  replace_file(file, [](const fs::path& path) { std::ofstream(path) << "new"; });
  CHECK(content_of(file) == "new");
}

TEST_CASE("A writer that is killed leaves the old file, and the next one can clear away its half") {
  testing::TemporaryDirectory temporary;
  const auto file = temporary.path() / "file";
  write_file(file, "old");
  const int end = testing::in_child([&] {
    replace_file(file, [](const fs::path& path) {
      std::ofstream(path) << "half" << std::flush;
      std::raise(SIGKILL);
    });
    return 0;
  });
  REQUIRE(end == -SIGKILL);
  CHECK(content_of(file) == "old");
  REQUIRE(names_in(temporary.path()).size() == 2);

  std::ofstream(temporary.path() / ".hidden.partial") << "not ours";
  replace_file(file, [&](const fs::path& path) {
    std::ofstream(path) << "new";
    std::ofstream(temporary.path() / ".file.1-0.partial") << "of a process that lives";
    remove_partial_files(temporary.path());
  });
  CHECK(content_of(file) == "new");
  CHECK(names_in(temporary.path()) == std::set<std::string>{"file", ".hidden.partial", ".file.1-0.partial"});
}

TEST_CASE("Digests are those of the standard") {
  // FIPS 180-2, appendix B.
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const std::string million(1'000'000, 'a');
  const std::string expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
  CHECK(sha256(million) == expected);

  testing::TemporaryDirectory temporary;
  write_file(temporary.path() / "million", million);
  CHECK(sha256_of_file(temporary.path() / "million") == expected);
  Digest digest;
  for (std::size_t i = 0; i < million.size(); i += 999) digest.add(std::string_view(million).substr(i, 999));
  CHECK(digest.hexadecimal() == expected);
}

TEST_CASE("A directory is locked for one at a time, and free again after a kill") {
  testing::TemporaryDirectory temporary;
  const auto lock_in_child = [&](int signal) {
    return testing::in_child([&] {
      const auto lock = DirectoryLock::try_lock(temporary.path());
      if (lock && signal) std::raise(signal);
      return lock ? 0 : 1;
    });
  };
  {
    const DirectoryLock lock(temporary.path(), "waiting");
    CHECK(DirectoryLock::held(temporary.path()));
    CHECK(lock_in_child(0) == 1);
  }
  CHECK_FALSE(DirectoryLock::held(temporary.path()));
  CHECK(lock_in_child(SIGKILL) == -SIGKILL);
  CHECK(lock_in_child(0) == 0);
  CHECK_FALSE(DirectoryLock::held("/none/such"));
}

}  // namespace etude
