// A workshop for tests of midi_files and music: music, a stand-in for midi2abc that does as its input says, and a cache.
#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <catch.hpp>
#include <fstream>
#include <plugins/loaded_plugins.hpp>

namespace etude::testing {

/// A folder of "MIDI files" whose text is an order to the converter, a stand-in converter that logs its calls, and a cache.
struct Workshop {
  TemporaryDirectory folder;
  std::filesystem::path music = folder.path() / "music", cache = folder.path() / "cache", log = folder.path() / "log",
                        program = folder.path() / "midi2abc",
                        release = folder.path() / "release";  ///< conversions that are held wait until it is there
  std::vector<std::string> warnings;

  Workshop() {
    std::filesystem::create_directories(music);
    std::filesystem::create_directories(cache);
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
              "  MThd*) od -An -v -tx1 \"$1\" > \"$3\";;\n"
              "  good) tune \"$1\" \"$word\" > \"$3\";;\n"
              "  slow) sleep 0.2; tune \"$1\" \"$word\" > \"$3\";;\n"
              "  fail) echo 'first words'; echo 'MIDI file has no notes!' >&2; exit 1;;\n"
              "  partial) tune \"$1\" > \"$3\"; echo 'Error - note too short!'; exit 1;;\n"
              "  crash) kill -SEGV $$;;\n"
              "  tiny) echo X:1 > \"$3\";;\n"
              "  silent) ;;\n"
              "  held) while ! [ -e '" +
              release.string() +
              "' ]; do sleep 0.05; done; tune \"$1\" \"$word\" > \"$3\";;\n"
              "  endless) sleep 60 & sleep 60;;\n"
              "  odd) tune \"$1\" 'z/-2|' > \"$3\"; echo 'Q:1/4=-9' >> \"$3\";;\n"
              "  big) [ \"$word\" = 0 ] && sleep 1; yes \"CDEF GABc|CDEF GABc|$word\" | head -c 12000000 > \"$3\";;\n"
              "  huge) while :; do tune \"$1\" \"$word\"; done > \"$3\";;\n"
              "esac\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  }

  void add(const std::string& name, const std::string& order) const { write(music / name, order + "\n"); }

  std::shared_ptr<Dataset> dataset(const std::string& id, Table options = {}, int threads = 4) {
    DatasetContext context;
    context.cache_directory = cache;
    context.threads = threads;
    context.warn = [this](const std::string& message) { warnings.push_back(message); };
    if (!options.contains("path")) options.set("path", Value(music.string()));
    if (!options.contains("midi2abc")) options.set("midi2abc", Value(program.string()));
    return built_plugins().make_dataset(id, options, context);
  }
  Reading read_music(Table options = {}, int threads = 4) {
    return read_all(*dataset("midi_files", std::move(options), threads));
  }

  /// How often a MIDI file was converted.
  std::int64_t calls() const {
    if (!std::filesystem::exists(log)) return 0;
    const std::string lines = read(log);
    return std::count(lines.begin(), lines.end(), '\n');
  }
};

/// Waits until a change of `file` would show in its times: the clock that file systems take them from ticks every few
/// milliseconds.
inline void let_clock_tick(const std::filesystem::path& file) {
  const auto changed = [](const std::filesystem::path& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) throw std::runtime_error("no such file: " + path.string());
    return std::pair(status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
  };
  const TemporaryDirectory beside;
  do write(beside.path() / "probe", "");
  while (changed(beside.path() / "probe") <= changed(file));
}

/// What this process has read from files so far, in bytes.
inline std::int64_t bytes_read() {
  std::ifstream io("/proc/self/io");
  std::string name;
  std::int64_t count = 0;
  io >> name >> count;
  return count;
}

/// "result: reason" of each outcome, by id.
inline std::map<std::string, std::string> reasons(const Reading& reading) {
  std::map<std::string, std::string> out;
  for (const auto& outcome : reading.outcomes) out[outcome.id] = outcome.result + ": " + outcome.reason;
  return out;
}

}  // namespace etude::testing
