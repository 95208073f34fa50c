// A text as sheet music and as sound, by the programs that others wrote for it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace etude {

/// The program's path. @throws Error naming it, what needs it, and the Debian package that brings it
/// @param needed_by  "--sheet"
std::filesystem::path require_program(const std::string& name, const std::string& needed_by, const std::string& package);

/// `given` if it is a SoundFont or DLS file; if it is empty, the General MIDI sound font that a Debian package has put in its
/// place.
/// @throws Error if there is none
std::filesystem::path require_sound_font(const std::filesystem::path& given);

/// Writes the pages of a tune as STEM.svg, or STEM-page-1.svg, ... where there are several; returns them.
/// @throws Error if abcm2ps prints none
std::vector<std::filesystem::path> write_sheet(const std::filesystem::path& abcm2ps, std::string_view tune,
                                               const std::filesystem::path& stem);

/// A tune as one SVG picture, as long as it is. Without date and names of files: equal tunes give equal pictures. Any thread.
/// @throws Error if abcm2ps prints none
std::string draw_sheet(const std::filesystem::path& abcm2ps, std::string_view tune);

/// Plays a MIDI file into a WAV file. @throws Error if fluidsynth fails
void write_sound(const std::filesystem::path& fluidsynth, const std::filesystem::path& sound_font,
                 const std::filesystem::path& midi, const std::filesystem::path& wav);

/// Sound that is small: an Ogg Vorbis file of 22,050 Hz, about 5 kB a second.
struct Sound {
  std::string ogg;
  double seconds = 0;
  bool whole = true;
};

/// Plays the bytes of a MIDI file, at most about the first `seconds`. Any thread. @throws Error if fluidsynth fails
Sound play_midi(const std::filesystem::path& fluidsynth, const std::filesystem::path& sound_font, std::string_view midi,
                double seconds);

}  // namespace etude
