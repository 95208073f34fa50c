// Another program, run without a shell and within limits.
#pragma once

#include <cstdint>
#include <etude/api.hpp>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace etude {

struct ProcessLimits {
  double seconds = 30;                      ///< wall clock; then the whole process group is killed
  std::uint64_t file_bytes = 0;             ///< largest file it may write; 0: no limit
  std::uint64_t memory_bytes = 4ull << 30;  ///< address space; 0: no limit
  std::size_t output_bytes = 4096;          ///< of what it says, the last that are kept
};

struct ProcessResult {
  enum class End { exited, signalled, timed_out, stopped } end = End::exited;
  int code = 0;        ///< exit status, or the signal's number
  std::string output;  ///< the last of standard output and standard error together, as the limits say

  bool ok() const { return end == End::exited && code == 0; }
  /// Of the output, the last line that says something; "" if there is none.
  ETUDE_API std::string last_line() const;
};

/// Whether `file` is a file that may be run.
ETUDE_API bool is_program(const std::filesystem::path& file);

/// The absolute path of the program that PATH gives this name, or nothing. An empty element of PATH, which a shell takes for the
/// working directory, is nothing here.
ETUDE_API std::filesystem::path find_program(const std::string& name);

/// Runs `program` in `directory` with no input, in a process group of its own. Any thread.
/// @param file  an open file that it gets as its descriptor 3; -1: none
/// @throws Error if it cannot be started
ETUDE_API ProcessResult run_process(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                                    const std::filesystem::path& directory, const ProcessLimits& limits,
                                    const std::stop_token& stop, int file = -1);

}  // namespace etude
