// MIDI to ABC by the program midi2abc, each content once.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "conversion_cache.hpp"
#include "scratch.hpp"

namespace dataset_music {

/// Less ABC than this, in bytes, is no music.
inline constexpr std::uintmax_t smallest_output = 200;

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

  /// @param content  SHA-256 of the MIDI bytes
  /// @param bytes    gives them; asked only if they were not converted before
  Conversion convert(const std::string& content, const std::function<std::string()>& bytes, const std::stop_token& stop);

 private:
  class Turn;
  class Bench;
  class Loan;

  Record run(const std::string& midi, const Bench& bench, const std::stop_token& stop);

  std::filesystem::path program_;
  ConverterSettings settings_;
  std::filesystem::path cache_directory_;
  std::optional<Scratch> scratch_;  ///< made for the first conversion: what is converted can be read on a disk that takes nothing
  std::string version_;
  std::filesystem::path cache_;
  std::mutex mutex_;
  std::condition_variable turn_ended_;
  std::set<std::string> under_way_;              ///< contents that a thread converts just now
  std::vector<std::unique_ptr<Bench>> benches_;  ///< where nobody works
  int made_benches_ = 0;
};

}  // namespace dataset_music
