// Samples as sheet music and sound, small enough for a page.
#pragma once

#include <generate/rendering.hpp>
#include <optional>
#include <string>
#include <vector>

namespace etude {

/// The programs that make them; empty: not there.
struct MediaPrograms {
  std::filesystem::path abcm2ps, fluidsynth, sound_font;
  std::vector<std::string> missing{};  ///< in words, with what to do
};

/// @param sound  whether to look for what plays
MediaPrograms find_media_programs(bool sound);

struct MediaRequest {
  std::string tune;  ///< as ABC; empty: no sheet
  std::string midi;  ///< bytes of a file; empty: no sound
};

struct SampleMedia {
  std::string sheet{};  ///< SVG
  std::optional<Sound> sound{};
  std::vector<std::string> failures{};  ///< in words: what could not be made, and why
};

/// Of each request in order, on all processors.
/// @throws Error if the user interrupts
std::vector<SampleMedia> render_samples(std::vector<MediaRequest> requests, const MediaPrograms& programs);

}  // namespace etude
