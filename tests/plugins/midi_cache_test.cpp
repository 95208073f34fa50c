// What midi_files keeps between calls: digests of sources and converted texts; damaged, they are made again.
#include <torch/torch.h>

#include <atomic>
#include <catch.hpp>
#include <child_process.hpp>
#include <chrono>
#include <limits.hpp>
#include <plugins/midi_workshop.hpp>
#include <thread>

using namespace etude;
using namespace etude::testing;

namespace {

namespace fs = std::filesystem;

/// Files whose name begins so, anywhere in the cache.
std::vector<fs::path> cached(const Workshop& workshop, const std::string& folder_or_file) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(workshop.cache))
    if (entry.is_regular_file() && entry.path().string().find("/" + folder_or_file) != std::string::npos)
      files.push_back(entry.path());
  return files;
}

/// Digests of files that have just changed are not trusted, nor kept.
void let_time_pass() { std::this_thread::sleep_for(std::chrono::milliseconds(80)); }

/// Fingerprint, and how many bytes of files it took.
std::pair<std::string, std::int64_t> fingerprint(Workshop& workshop) {
  const auto dataset = workshop.dataset("midi_files");
  const auto before = bytes_read();
  const std::string out = dataset->fingerprint();
  return {out, bytes_read() - before};
}

}  // namespace

TEST_CASE("A corpus that is opened again is not read again, but for what has changed") {
  Workshop workshop;
  for (int i = 0; i < 20; ++i) workshop.add(std::to_string(i) + ".mid", "good " + std::string(1'000'000, 'a' + i));
  let_time_pass();
  const auto [first, all] = fingerprint(workshop);
  REQUIRE(all > 20'000'000);
  const auto [second, nothing] = fingerprint(workshop);
  REQUIRE(second == first);
  REQUIRE(nothing < 500'000);

  SECTION("a file with another content, though of the same size and time") {
    const auto time = fs::last_write_time(workshop.music / "7.mid");
    workshop.add("7.mid", "good " + std::string(1'000'000, 'z'));
    fs::last_write_time(workshop.music / "7.mid", time);
    const auto [changed, one] = fingerprint(workshop);
    REQUIRE(changed != first);
    REQUIRE(one > 1'000'000);
    REQUIRE(one < 1'500'000);
  }
  SECTION("a file under another name") {
    fs::rename(workshop.music / "7.mid", workshop.music / "77.mid");
    REQUIRE(fingerprint(workshop).first != first);
  }
  SECTION("a file that has gone") {
    fs::remove(workshop.music / "7.mid");
    const auto [changed, none] = fingerprint(workshop);
    REQUIRE(changed != first);
    REQUIRE(none < 500'000);
  }
}

TEST_CASE("The digest of a file that had just changed when it was read is not kept, however long reading the others takes") {
  using Clock = std::chrono::steady_clock;
  bool at_once = false;
  // On a busy machine a moment may pass before the file is looked at: then this says nothing.
  for (int attempt = 0; attempt < 200 && !at_once; ++attempt) {
    Workshop workshop;
    const auto begin = Clock::now();
    write(workshop.music / "one.abc", "X:1\nK:C\nCDEF GABc|\n");
    DatasetContext context;
    context.cache_directory = workshop.cache;
    context.threads = 1;
    context.progress = [&](const std::string&, std::int64_t, std::int64_t) {
      at_once = Clock::now() - begin < std::chrono::milliseconds(30);
      let_time_pass();
    };
    built_plugins().make_dataset("abc_files", {{"path", Value(workshop.music.string())}}, context)->fingerprint();
    if (at_once) REQUIRE(read(cached(workshop, "digests-").at(0)).find("one.abc") == std::string::npos);
  }
  REQUIRE(at_once);
}

TEST_CASE("Digests that were damaged are made again") {
  Workshop workshop;
  for (int i = 0; i < 5; ++i) workshop.add(std::to_string(i) + ".mid", "good " + std::string(1'000'000, 'a' + i));
  let_time_pass();
  const auto first = fingerprint(workshop).first;
  const auto files = cached(workshop, "digests-");
  REQUIRE(files.size() == 1);
  const std::string whole = read(files[0]);
  const auto check = [&](const std::string& damaged) {
    write(files[0], damaged);
    const auto [again, bytes] = fingerprint(workshop);
    REQUIRE(again == first);
    REQUIRE(bytes > 5'000'000);
    REQUIRE(read(files[0]) == whole);
  };
  check("");
  check("etude digests 1\n");
  check(whole.substr(0, whole.size() - 1));
  check(whole + "\n");
  check(std::string(whole.size(), '\0'));
  for (const std::size_t at : {std::size_t{3}, std::size_t{20}, whole.size() / 2, whole.size() - 70, whole.size() - 1}) {
    std::string damaged = whole;
    damaged[at] = damaged[at] == '0' ? '1' : '0';
    check(damaged);
  }
}

TEST_CASE("Without a place for digests the corpus can be opened all the same, and it is told") {
  Workshop workshop;
  workshop.add("one.mid", "good");
  let_time_pass();
  const auto expected = fingerprint(workshop).first;
  const auto digests = cached(workshop, "digests-").at(0);
  fs::remove(digests);
  write(digests / "in the way", "");
  REQUIRE(fingerprint(workshop).first == expected);
  REQUIRE_THAT(workshop.warnings.at(0), Catch::Contains("the sources' digests are not kept: cannot write " + digests.string()));
}

TEST_CASE("Many that begin at once do not take each other's working folders for abandoned ones") {
  Workshop workshop;
  std::atomic<int> done = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back([&workshop, &done, i] {
      for (int again = 0; again < 40; ++again) {
        // Always another text, which is not in the cache.
        const std::string name = std::to_string(i) + "-" + std::to_string(again);
        workshop.add(name + ".mid", "good " + name);
        try {
          const Table options{{"path", Value((workshop.music / (name + ".mid")).string())}};
          done += read_all(*workshop.dataset("midi_files", options, 1)).counts.at("converted") == 1;
        } catch (const Error&) {  // counted as not done
        }
      }
    });
  threads.clear();
  REQUIRE(done == 16 * 40);
  REQUIRE(cached(workshop, "work.").empty());
}

TEST_CASE("Music that was converted can be read on a disk that takes nothing, other music not") {
  Workshop workshop;
  workshop.add("a.mid", "good a");
  const fs::path message = workshop.folder.path() / "message";
  constexpr int no_mount = 3;
  const int code = in_child([&] {
    if (!mount_small_disk(workshop.cache, "1m")) return no_mount;
    const auto before = workshop.read_music();
    if (mount("none", workshop.cache.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) return no_mount;
    if (workshop.read_music() != before) return 4;
    workshop.add("b.mid", "good b");
    write(message, error_of([&] { workshop.read_music(); }));
    return 0;
  });
  if (code == no_mount) {
    WARN("skipped: this system lets no process mount a disk of its own");
    return;
  }
  REQUIRE(code == 0);
  REQUIRE_THAT(read(message), Catch::Contains("Read-only file system") && Catch::Contains("permissions"));
}

TEST_CASE("A converted text that was damaged is converted again, never passed on") {
  Workshop workshop;
  workshop.add("one.mid", "good one");
  const auto reading = workshop.read_music();
  const auto records = cached(workshop, "midi2abc-");
  REQUIRE(records.size() == 1);
  const std::string whole = read(records[0]);
  std::int64_t conversions = 1;
  const auto check = [&](const std::string& damaged) {
    write(records[0], damaged);
    REQUIRE(workshop.read_music() == reading);
    REQUIRE(workshop.calls() == ++conversions);
    REQUIRE(read(records[0]) == whole);
  };
  check("");
  check(whole + "x");
  check("converted\t0\t30\t\nX:1\nK:C\nCDEF GABc|CDEF GABc|\n");
  for (std::size_t length = 1; length < whole.size(); length += 23) check(whole.substr(0, length));
  // Of the gzip header, time, level and system mean nothing.
  for (std::size_t at = 10; at < whole.size(); at += 17) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    check(damaged);
  }
}

TEST_CASE("A limit that is lowered or raised asks again what it decided, and nothing else") {
  Workshop workshop;
  workshop.add("good.mid", "good");
  workshop.add("huge.mid", "huge");
  const auto under = [&](std::int64_t bytes) { return workshop.read_music({{"max_output_bytes", Value(bytes)}}).counts; };
  using Counts = std::map<std::string, std::int64_t>;
  REQUIRE(under(50'000) == Counts{{"converted", 1}, {"too large", 1}});
  REQUIRE(workshop.calls() == 2);
  REQUIRE(under(40'000) == Counts{{"converted", 1}, {"too large", 1}});
  REQUIRE(workshop.calls() == 2);
  REQUIRE(under(60'000) == Counts{{"converted", 1}, {"too large", 1}});
  REQUIRE(workshop.calls() == 3);
  REQUIRE(under(200) == Counts{{"too large", 2}});
  REQUIRE(workshop.calls() == 4);
}

TEST_CASE("MIDI that has changed since its digest was taken is not converted under the old one's name") {
  Workshop workshop;
  for (int i = 0; i < 3; ++i) workshop.add(std::to_string(i) + ".mid", "slow " + std::to_string(i));
  const auto dataset = workshop.dataset("midi_files", {}, 1);
  dataset->fingerprint();
  const auto time = fs::last_write_time(workshop.music / "2.mid");
  workshop.add("2.mid", "slow 9");
  fs::last_write_time(workshop.music / "2.mid", time);
  REQUIRE_THAT(error_of([&] { read_all(*dataset); }), Catch::Contains("2.mid changed while the corpus was being read"));
}
