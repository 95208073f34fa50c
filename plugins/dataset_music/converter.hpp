// MIDI to ABC by the program midi2abc, each content once.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>

#include "conversion_cache.hpp"

namespace dataset_music {

struct ConverterSettings {
  std::filesystem::path program;  ///< empty: midi2abc, looked up on PATH
  double timeout_seconds = 30;
  std::uint64_t max_output_bytes = 16'000'000;
};

/// The program's full path, or nothing where there is none. @throws Error (usage) if a path was given and is no program
std::filesystem::path find_midi2abc(const std::filesystem::path& wanted);

/// Converts with a cache that is shared between processes: a file a content, named by the SHA-256 of the MIDI bytes, in a folder
/// for the converter's version. Failures are remembered too. Any number of threads.
class Converter {
 public:
  /// @param program  from find_midi2abc()
  Converter(std::filesystem::path program, const ConverterSettings& settings, const std::filesystem::path& cache_directory);
  ~Converter();
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  /// "3.59 February 08 2023 midi2abc", or a digest of the program where it does not say.
  const std::string& version() const { return version_; }
  Conversion convert(const std::filesystem::path& midi, const std::stop_token& stop);
  /// The ABC text of what was converted. @throws Error if the cache was damaged meanwhile
  static std::string text_of(const Conversion& conversion);

 private:
  Conversion run(const std::string& midi, const std::filesystem::path& record, const std::stop_token& stop);
  std::filesystem::path make_work_directory();
  void wait_for_turn(const std::string& content);
  void end_turn(const std::string& content);

  std::filesystem::path program_;
  ConverterSettings settings_;
  std::string version_;
  std::filesystem::path cache_, work_;
  std::mutex mutex_;
  std::condition_variable turn_ended_;
  std::set<std::string> under_way_;  ///< contents that a thread converts just now
  std::int64_t next_work_ = 0;
};

}  // namespace dataset_music
