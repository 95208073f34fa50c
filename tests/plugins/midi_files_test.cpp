// midi_files and music: conversion, with a stand-in for midi2abc that does what the MIDI file's text says, and with the real one.
#include <torch/torch.h>

#include <catch.hpp>
#include <chrono>
#include <plugins/loaded_plugins.hpp>
#include <thread>

using namespace etude;
using namespace etude::testing;

namespace {

namespace fs = std::filesystem;
using Counts = std::map<std::string, std::int64_t>;

/// A folder of "MIDI files", a stand-in converter that logs its calls, and a cache.
struct Workshop {
  TemporaryDirectory folder;
  fs::path music = folder.path() / "music", cache = folder.path() / "cache", log = folder.path() / "log",
           program = folder.path() / "midi2abc";
  std::vector<std::string> warnings;

  Workshop() {
    fs::create_directories(music);
    fs::create_directories(cache);
    set_program("1.0");
  }

  void set_program(const std::string& version) {
    write(program,
          "#!/bin/sh\n"
          "if [ \"$1\" = -ver ]; then echo '" +
              version +
              " stand-in'; exit 0; fi\n"
              "[ \"$2\" = -o ] || exit 9\n"
              "read -r order word < \"$1\"\n"
              "echo \"$1 $order\" >> '" +
              log.string() +
              "'\n"
              "tune() { echo X:1; echo \"T: from $1\"; echo K:C; i=0; while [ $i -lt 10 ]; do echo \"CDEF GABc|CDEF GABc|$2\"; "
              "i=$((i+1)); done; }\n"
              "case $order in\n"
              "  good) tune \"$1\" \"$word\" > \"$3\";;\n"
              "  slow) sleep 0.2; tune \"$1\" \"$word\" > \"$3\";;\n"
              "  fail) echo 'first words'; echo 'MIDI file has no notes!' >&2; exit 1;;\n"
              "  partial) tune \"$1\" > \"$3\"; echo 'Error - note too short!'; exit 1;;\n"
              "  crash) kill -SEGV $$;;\n"
              "  tiny) echo X:1 > \"$3\";;\n"
              "  silent) ;;\n"
              "  endless) sleep 60 & sleep 60;;\n"
              "  huge) while :; do tune \"$1\" \"$word\"; done > \"$3\";;\n"
              "esac\n");
    fs::permissions(program, fs::perms::owner_all);
  }

  void add(const std::string& name, const std::string& order) const { write(music / name, order + "\n"); }

  std::shared_ptr<Dataset> dataset(const std::string& id, Table options = {}, int threads = 4) {
    DatasetContext context;
    context.cache_directory = cache;
    context.threads = threads;
    context.warn = [this](const std::string& message) { warnings.push_back(message); };
    options.set("path", Value(music.string()));
    if (!options.contains("midi2abc")) options.set("midi2abc", Value(program.string()));
    return built_plugins().make_dataset(id, options, context);
  }
  Reading read_music(Table options = {}, int threads = 4) {
    return read_all(*dataset("midi_files", std::move(options), threads));
  }

  std::int64_t calls() const {
    if (!fs::exists(log)) return 0;
    const std::string lines = read(log);
    return std::count(lines.begin(), lines.end(), '\n');
  }
};

std::map<std::string, std::string> reasons(const Reading& reading) {
  std::map<std::string, std::string> out;
  for (const auto& outcome : reading.outcomes) out[outcome.id] = outcome.result + ": " + outcome.reason;
  return out;
}

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

TEST_CASE("midi_files: a conversion that takes too long is killed with all its children") {
  Workshop workshop;
  workshop.add("endless.mid", "endless");
  const auto begin = std::chrono::steady_clock::now();
  const auto reading = workshop.read_music({{"timeout_seconds", Value(0.3)}});
  REQUIRE(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
  REQUIRE(reasons(reading).at("endless.mid") == "timed out: after 0.3 s");
  // The failure is remembered for this limit, and tried again with a longer one.
  REQUIRE(workshop.read_music({{"timeout_seconds", Value(0.2)}}).counts == Counts{{"timed out", 1}});
  REQUIRE(workshop.calls() == 1);
  REQUIRE(workshop.read_music({{"timeout_seconds", Value(0.4)}}).counts == Counts{{"timed out", 1}});
  REQUIRE(workshop.calls() == 2);
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
