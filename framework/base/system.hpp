// What the process and the machine are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace etude {

/// Bytes resident at most since the last reset_peak_memory().
std::int64_t peak_memory();
/// Starts peak_memory() anew (through /proc/self/clear_refs); without that facility the peak of the whole process goes on.
void reset_peak_memory();

std::string cpu_model();
int cpu_count();
/// The running program's file.
std::filesystem::path program_path();

}  // namespace etude
