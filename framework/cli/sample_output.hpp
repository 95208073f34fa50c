// What `etude sample` makes of its texts: files, lines, JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace etude {

/// Where and as what samples go.
struct SampleOutput {
  std::filesystem::path directory;  ///< for files; empty: none
  bool json = false;
  std::filesystem::path abcm2ps;                 ///< for sheet music; empty: none
  std::filesystem::path fluidsynth, sound_font;  ///< for sound; empty: none
};

/// Counts over the samples of a call.
struct SampleSummary {
  std::int64_t texts = 0, parsed = 0, exported = 0;
  std::map<std::size_t, std::int64_t> voices;  ///< texts by their number of voices
};

/// Makes the folder for files where there is none, so that hours of sampling do not end in front of it.
/// @throws Error if that fails or the folder can't be written to
void make_folder(const SampleOutput& output);

/// Writes and prints one text. Files of its name that stand there from another text go.
/// @param name    "sample-3": of its files, without suffix
/// @param header  name of the header it begins with; may be empty
/// @throws Error if a file cannot be written; what sheet music or sound cannot be made of is a warning
void put_sample(const std::string& sample, const std::string& name, const std::string& header, const SampleOutput& output,
                SampleSummary& summary);

/// "1 voice in 12 texts, 2 in 8; 18 of 20 parse, 15 export to MIDI"
std::string describe(const SampleSummary& summary);

}  // namespace etude
