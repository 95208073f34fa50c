// midi_files and music: conversion, with a stand-in for midi2abc that does what the MIDI file's text says, and with the real one.
#include <sys/stat.h>
#include <torch/torch.h>

#include <catch.hpp>
#include <child_process.hpp>
#include <chrono>
#include <limits.hpp>
#include <plugins/midi_bytes.hpp>
#include <plugins/midi_workshop.hpp>
#include <thread>

using namespace etude;
using namespace etude::testing;

namespace {

namespace fs = std::filesystem;
using Counts = std::map<std::string, std::int64_t>;

/// PATH for as long as a test case.
struct Path {
  std::string before = std::getenv("PATH");
  explicit Path(const std::string& path) { setenv("PATH", path.c_str(), 1); }
  ~Path() { setenv("PATH", before.c_str(), 1); }
};

}  // namespace

TEST_CASE("midi_files: every way to fail has its name and midi2abc's own reason") {
  Workshop workshop;
  for (const char* order : {"good", "fail", "partial", "crash", "tiny", "silent"})
    workshop.add(std::string(order) + ".mid", order);
  const auto reading = workshop.read_music();
  REQUIRE(reading.ids == std::vector<std::string>{"good.mid"});
  REQUIRE(reading.counts == Counts{{"converted", 1}, {"failed", 3}, {"partial", 1}, {"tiny", 1}});
  const auto why = reasons(reading);
  REQUIRE(why.at("fail.mid") == "failed: MIDI file has no notes!");
  REQUIRE(why.at("partial.mid") == "partial: Error - note too short!");
  REQUIRE(why.at("crash.mid") == "failed: killed by signal 11");
  REQUIRE(why.at("silent.mid") == "failed: no output");
  REQUIRE(why.at("tiny.mid") == "tiny: 4 bytes of ABC");
}

TEST_CASE("midi_files: outcomes have a row for every file, converted or not, in the order of the files") {
  Workshop workshop;
  std::vector<std::string> expected;
  for (int i = 0; i < 30; ++i) {
    const std::string name = std::string(i < 10 ? "0" : "") + std::to_string(i) + ".mid";
    workshop.add(name, std::vector<std::string>{"slow", "good", "fail", "partial"}[i % 4] + " " + std::to_string(i));
    expected.push_back(name);
  }
  const auto reading = workshop.read_music();
  std::vector<std::string> ids;
  for (const auto& outcome : reading.outcomes) ids.push_back(outcome.id);
  REQUIRE(ids == expected);
  REQUIRE(reading.counts == Counts{{"converted", 16}, {"failed", 7}, {"partial", 7}});
}

TEST_CASE("midi_files: what was converted in part is told, with the figures that counting any text as success gives") {
  Workshop workshop;
  for (const char* order : {"good", "fail", "partial", "tiny"}) workshop.add(std::string(order) + ".mid", order);
  workshop.read_music();
  REQUIRE(workshop.warnings.size() == 1);
  REQUIRE_THAT(workshop.warnings[0], Catch::Contains("1 of 4 MIDI files were converted in part only and are left out") &&
                                         Catch::Contains("3 converted, 1 failed, 1 tiny"));
}

TEST_CASE("midi_files: negative lengths and tempos are for the profile to judge") {
  Workshop workshop;
  workshop.add("odd.mid", "odd");
  const auto study = workshop.read_music();
  REQUIRE(study.counts == Counts{{"converted", 1}});
  REQUIRE_THAT(study.texts.at(0), Catch::Contains("z/-2|"));
  REQUIRE(workshop.read_music({{"profile", Value("etude")}}).counts == Counts{{"dropped", 1}});
  REQUIRE(workshop.calls() == 1);
}

TEST_CASE("midi_files: texts that are too much to wait for a slow file come out all the same, whole and in order") {
  Workshop workshop;
  for (int i = 0; i < 8; ++i) workshop.add(std::to_string(i) + ".mid", "big " + std::to_string(i));
  const auto reading = workshop.read_music();
  REQUIRE(reading.ids.size() == 8);
  for (std::size_t i = 0; i < 8; ++i) {
    REQUIRE(reading.texts[i].size() > 11'900'000);
    REQUIRE(reading.texts[i].substr(0, 22) == text("CDEF GABc|CDEF GABc|", i, '\n'));
  }
  REQUIRE(workshop.calls() == 8);
}

TEST_CASE("midi_files: a conversion that takes too long is killed with all its children") {
  Workshop workshop;
  workshop.add("endless.mid", "endless");
  const auto begin = std::chrono::steady_clock::now();
  const auto reading = workshop.read_music({{"timeout_seconds", Value(0.3)}});
  // Its children would go on for a minute, and whoever waited for them as well.
  REQUIRE(std::chrono::steady_clock::now() - begin < std::chrono::seconds(45));
  REQUIRE(reasons(reading).at("endless.mid") == "timed out: after 0.3 s");
  // The failure is remembered for this limit, and tried again with a longer one. How often the converter was called says less: on
  // a busy machine its time may be over before it has begun to log.
  const auto under = [&](double seconds) {
    return reasons(workshop.read_music({{"timeout_seconds", Value(seconds)}})).at("endless.mid");
  };
  REQUIRE(under(0.2) == "timed out: after 0.3 s");
  REQUIRE(under(0.4) == "timed out: after 0.4 s");
}

TEST_CASE("midi_files: output without end is cut off") {
  Workshop workshop;
  workshop.add("huge.mid", "huge");
  const auto reading = workshop.read_music({{"max_output_bytes", Value(100'000)}});
  REQUIRE(reasons(reading).at("huge.mid") == "too large: more than 100000 bytes of ABC");
}

TEST_CASE("midi_files: files are found in any folder and case, in one order whatever the number of threads") {
  Workshop workshop;
  std::vector<std::string> expected;
  for (int i = 10; i < 40; ++i) {
    const std::string name = (i % 3 ? "a/" : "b/c/") + std::to_string(i) + (i % 2 ? ".mid" : ".MIDI");
    workshop.add(name, (i % 7 ? "good " : "slow ") + std::to_string(i));
    expected.push_back(name);
  }
  workshop.add("a/notes.txt", "good");
  std::sort(expected.begin(), expected.end());
  const auto reading = workshop.read_music({}, 5);
  REQUIRE(reading.ids == expected);
  fs::remove_all(workshop.cache);
  fs::create_directories(workshop.cache);
  REQUIRE(workshop.read_music({}, 1) == reading);
}

TEST_CASE("midi_files: what is no file is told: a link to nothing, a pipe, an empty name") {
  Workshop workshop;
  workshop.add("good.mid", "good");
  fs::create_directories(workshop.music / "folder.mid");  // a folder may be called so
  fs::create_symlink("nowhere", workshop.music / "link.mid");
  REQUIRE(mkfifo((workshop.music / "pipe.mid").c_str(), 0600) == 0);
  REQUIRE(workshop.read_music().ids == std::vector<std::string>{"good.mid"});
  REQUIRE(workshop.warnings.size() == 1);
  REQUIRE_THAT(workshop.warnings[0], Catch::Contains("link.mid and 1 more are left out"));
  const auto failure = [&](const fs::path& path) {
    return error_of([&] { workshop.dataset("midi_files", {{"path", Value(path.string())}})->fingerprint(); });
  };
  REQUIRE_THAT(failure(workshop.music / "pipe.mid"), Catch::Contains("pipe.mid is neither a file nor a folder"));
  REQUIRE_THAT(failure(""), Catch::Contains("dataset.path holds an empty name"));
}

TEST_CASE("midi_files: equal content is converted once, failures too, and remembered between passes") {
  Workshop workshop;
  for (int i = 0; i < 8; ++i) workshop.add(std::to_string(i) + ".mid", i % 2 ? "slow same" : "fail");
  const auto reading = workshop.read_music({}, 8);
  REQUIRE(reading.counts == Counts{{"converted", 4}, {"failed", 4}});
  REQUIRE(reading.texts.at(0) == reading.texts.at(3));
  REQUIRE(workshop.calls() == 2);
  REQUIRE(workshop.read_music() == reading);
  REQUIRE(workshop.calls() == 2);
}

TEST_CASE("midi_files: the text does not depend on where the file lies") {
  Workshop workshop;
  workshop.add("deep/er/one.mid", "good");
  workshop.read_music();
  REQUIRE(read(workshop.log) == "input.mid good\n");
}

TEST_CASE("midi_files: another version of the converter converts anew and changes the fingerprint") {
  Workshop workshop;
  workshop.add("one.mid", "good");
  workshop.read_music();
  const std::string before = workshop.dataset("midi_files")->fingerprint();
  workshop.set_program("2.0");
  REQUIRE(workshop.dataset("midi_files")->fingerprint() != before);
  workshop.read_music();
  REQUIRE(workshop.calls() == 2);
}

TEST_CASE("midi_files: a cached text that was cut short is converted again") {
  Workshop workshop;
  workshop.add("one.mid", "good");
  const auto reading = workshop.read_music();
  for (const auto& entry : fs::recursive_directory_iterator(workshop.cache))
    if (entry.is_regular_file()) fs::resize_file(entry.path(), 100);
  REQUIRE(workshop.read_music() == reading);
  REQUIRE(workshop.calls() == 2);
}

TEST_CASE("midi_files: nothing is left beside the cache, also after an interrupted pass") {
  Workshop workshop;
  for (int i = 0; i < 6; ++i) workshop.add(std::to_string(i) + ".mid", "slow " + std::to_string(i));
  write(workshop.cache / "work.killed" / "lock", "");  // of a process that is gone: nobody holds the lock
  write(workshop.cache / "work.killed" / "0" / "input.mid", "good");
  {
    const auto dataset = workshop.dataset("midi_files");
    Document document;
    REQUIRE(dataset->next(document));
  }
  for (const auto& entry : fs::directory_iterator(workshop.cache))
    REQUIRE(entry.path().filename().string().substr(0, 5) != "work.");
}

TEST_CASE("midi_files: killed at any moment, it goes on where it was") {
  Workshop workshop;
  constexpr int files = 32, threads = 3;
  for (int i = 0; i < files; ++i) workshop.add(std::to_string(i) + ".mid", (i % 4 ? "slow " : "fail ") + std::to_string(i));
  constexpr int kills = 2, calls_until_kill = 8;
  for (int i = 0; i < kills; ++i) {
    const auto enough = workshop.calls() + calls_until_kill;
    REQUIRE(testing::in_child([&] {
              std::thread([&] {
                while (workshop.calls() < enough) std::this_thread::sleep_for(std::chrono::milliseconds(1));
                kill(getpid(), SIGKILL);
              }).detach();
              workshop.read_music({}, threads);
              return 0;
            }) == -SIGKILL);
  }
  const auto reading = workshop.read_music({}, threads);
  REQUIRE(reading.counts == Counts{{"converted", 24}, {"failed", 8}});
  // Only what was under way when the process was killed is done twice.
  REQUIRE(workshop.calls() <= files + kills * threads);
  // A converter that was just being started at the kill holds the lock until it is; the next one clears away after it.
  workshop.dataset("midi_files")->fingerprint();
  for (const auto& entry : fs::directory_iterator(workshop.cache))
    REQUIRE(entry.path().filename().string().substr(0, 5) != "work.");
  fs::remove_all(workshop.cache);
  fs::create_directories(workshop.cache);
  REQUIRE(workshop.read_music() == reading);
}

TEST_CASE("midi_files: two processes at once on one cache give the same") {
  Workshop workshop;
  for (int i = 0; i < 20; ++i) workshop.add(std::to_string(i) + ".mid", (i % 5 ? "slow " : "fail ") + std::to_string(i));
  const fs::path theirs = workshop.folder.path() / "theirs";
  const auto joined = [](const Reading& reading) {
    std::string all;
    for (std::size_t i = 0; i < reading.ids.size(); ++i) all += reading.ids[i] + '\n' + reading.texts[i] + '\n';
    for (const auto& outcome : reading.outcomes) all += outcome.id + outcome.result + outcome.reason + '\n';
    return all;
  };
  const pid_t other = fork();
  if (other == 0) {
    write(theirs, workshop.dataset("midi_files")->fingerprint() + joined(workshop.read_music({}, 2)));
    _exit(0);
  }
  const std::string ours = workshop.dataset("midi_files")->fingerprint() + joined(workshop.read_music({}, 2));
  int status = -1;
  waitpid(other, &status, 0);
  REQUIRE(status == 0);
  REQUIRE(read(theirs) == ours);
  REQUIRE(workshop.read_music().counts == Counts{{"converted", 16}, {"failed", 4}});
}

TEST_CASE("midi_files: a full disk is told, with what to do") {
  Workshop workshop;
  for (int i = 0; i < 60; ++i) workshop.add(std::to_string(i) + ".mid", "good " + std::to_string(i));
  const fs::path message = workshop.folder.path() / "message";
  constexpr int no_mount = 3;
  const int code = testing::in_child([&] {
    if (!testing::mount_small_disk(workshop.cache, "150k")) return no_mount;
    write(message, error_of([&] { workshop.read_music(); }));
    return 0;
  });
  if (code == no_mount) {
    WARN("skipped: this system lets no process mount a disk of its own");
    return;
  }
  REQUIRE(code == 0);
  REQUIRE_THAT(read(message), Catch::Contains("No space left on device") && Catch::Contains("make room, then start again"));
}

TEST_CASE("midi_files: files that vanish or change while others are converted stop the reading, by name") {
  Workshop workshop;
  for (int i = 0; i < 9; ++i) workshop.add(std::to_string(i) + ".mid", (i == 1 ? "held " : "good ") + std::to_string(i));
  const auto dataset = workshop.dataset("midi_files", {}, 1);
  dataset->fingerprint();
  Document document;
  REQUIRE(dataset->next(document));
  const auto read_on = [&] {
    write(workshop.release, "");
    return error_of([&] {
      while (dataset->next(document)) {
      }
    });
  };
  SECTION("vanish") {
    fs::remove(workshop.music / "8.mid");
    REQUIRE_THAT(read_on(), Catch::Contains("8.mid vanished"));
  }
  SECTION("change, with the old time and size") {
    const auto time = fs::last_write_time(workshop.music / "8.mid");
    workshop.add("8.mid", "good 9");
    fs::last_write_time(workshop.music / "8.mid", time);
    REQUIRE_THAT(read_on(), Catch::Contains("8.mid changed"));
  }
}

TEST_CASE("midi_files: a file that cannot be read is an outcome and a warning") {
  Workshop workshop;
  workshop.add("good.mid", "good");
  fs::create_symlink("/proc/self/mem", workshop.music / "bad.mid");  // reading it fails, for root too
  const auto reading = workshop.read_music();
  REQUIRE(reading.counts == Counts{{"converted", 1}, {"unreadable", 1}});
  REQUIRE(workshop.warnings.size() == 1);
  REQUIRE_THAT(workshop.warnings[0], Catch::Contains("bad.mid: Input/output error"));
}

TEST_CASE("Without midi2abc the message says how to get it, and music can do without") {
  Workshop workshop;
  workshop.add("one.mid", "good");
  write(workshop.music / "two.abc", "X:2\n" + std::string(60, 'c'));
  const Path path("/nonexistent");
  const Table options{{"midi2abc", Value("")}};
  const std::string message = error_of([&] { read_all(*workshop.dataset("midi_files", options)); });
  REQUIRE_THAT(message, Catch::Contains("midi2abc not found, and dataset midi_files needs it\n") &&
                            Catch::Contains("install it (Debian: apt-get install abcmidi) or set dataset.midi2abc to its path"));
  REQUIRE_THAT(error_of([&] { read_all(*workshop.dataset("music", options)); }), Catch::Contains("dataset music needs it"));

  Table skip = options;
  skip.set("without_midi2abc", Value("skip"));
  const auto reading = read_all(*workshop.dataset("music", skip));
  REQUIRE(reading.ids == std::vector<std::string>{"two.abc#2"});
  REQUIRE(reading.counts == Counts{{"read", 1}, {"skipped", 1}});
  REQUIRE_THAT(workshop.warnings.at(0),
               Catch::Contains("1 MIDI files are left out") && Catch::Contains("apt-get install abcmidi"));
  REQUIRE_THAT(error_of([&] {
                 read_all(*workshop.dataset("midi_files", {{"midi2abc", Value("/bin/no-midi2abc")}}));
               }),
               Catch::Contains("/bin/no-midi2abc, which is not a program"));
}

TEST_CASE("music: tunes and converted files in one stream, sorted by path") {
  Workshop workshop;
  workshop.add("a/1.mid", "good one");
  write(workshop.music / "b/folk.abc", "X:1\n" + std::string(60, 'c') + "\nX:2\n" + std::string(60, 'd') + "\n");
  workshop.add("c.mid", "good two");
  const auto reading = read_all(*workshop.dataset("music"));
  REQUIRE(reading.ids == std::vector<std::string>{"a/1.mid", "b/folk.abc#1", "b/folk.abc#2", "c.mid"});
  REQUIRE(reading.counts == Counts{{"converted", 2}, {"read", 2}});
}

namespace {

bool has_midi2abc() {
  if (std::system("command -v midi2abc > /dev/null 2>&1") == 0) return true;
  WARN("skipped: midi2abc is not installed");
  return false;
}

const Table the_real_one{{"midi2abc", Value("")}};

}  // namespace

TEST_CASE("midi2abc itself: a partial text, no notes, a file cut short, and paths that leave no trace") {
  if (!has_midi2abc()) return;
  Workshop workshop;
  const std::string tune = midi_notes({60, 62, 64, 65, 67, 69, 71, 72});
  write(workshop.music / "good.mid", midi_file({tune + tune + tune + tune + tune + tune + tune + tune}));
  write(workshop.music / "elsewhere/good.mid", read(workshop.music / "good.mid"));
  write(workshop.music / "partial.mid", midi_file({midi_meta(0x58, {0, 2, 24, 8}) + tune}));  // a measure of no beats
  write(workshop.music / "silent.mid", midi_file({""}));
  const std::string whole = read(workshop.music / "good.mid");
  write(workshop.music / "cut.mid", whole.substr(0, whole.size() - 30));
  write(workshop.music / "text.mid", "no MIDI at all");
  const auto reading = workshop.read_music(the_real_one);
  REQUIRE(reading.ids == std::vector<std::string>{"elsewhere/good.mid", "good.mid"});
  REQUIRE(reading.texts[0] == reading.texts[1]);
  REQUIRE_THAT(reading.texts[0], Catch::Contains("C2 D2 E2 F2| \\\nG2 A2 B2 c2|"));
  const auto why = reasons(reading);
  REQUIRE(why.at("partial.mid") == "partial: Advancing by 0 in printtrack!");
  REQUIRE(why.at("silent.mid") == "failed: MIDI file has no notes!");
  REQUIRE(why.at("cut.mid") == "failed: Error: premature EOF");
  REQUIRE_THAT(why.at("text.mid"), Catch::StartsWith("failed: Error: "));
  REQUIRE_THAT(workshop.warnings.at(0), Catch::Contains("3 converted, 3 failed, 1 tiny"));
}
