#include <base/interrupt.hpp>
#include <base/system.hpp>
#include <base/text.hpp>
#include <etude/error.hpp>
#include <etude/parallel.hpp>
#include <etude/process.hpp>
#include <report/sample_media.hpp>

namespace etude {
namespace {

// What a page of dozens of samples can hold.
constexpr std::size_t largest_sheet = 100'000;  // bytes
constexpr double longest_sound = 30;            // seconds

/// What `make` makes; where it fails, why.
template <class Make>
void attempt(SampleMedia& media, const char* what, const Make& make) {
  try {
    make();
  } catch (const Error& error) {
    media.failures.push_back(text("no ", what, ": ", error.message()));
  }
}

SampleMedia render(const MediaRequest& request, const MediaPrograms& programs) {
  SampleMedia media;
  if (!request.tune.empty() && !programs.abcm2ps.empty())
    attempt(media, "sheet music", [&] {
      std::string sheet = draw_sheet(programs.abcm2ps, request.tune);
      if (sheet.size() > largest_sheet) throw Error("it is too long for this page; etude sample --sheet prints such tunes");
      media.sheet = std::move(sheet);
    });
  if (!request.midi.empty() && !programs.fluidsynth.empty())
    attempt(media, "sound",
            [&] { media.sound = play_midi(programs.fluidsynth, programs.sound_font, request.midi, longest_sound); });
  return media;
}

std::string missing_program(const char* part, const std::string& name, const char* package) {
  return text(part, " of samples: ", name, " is not installed (Debian: apt-get install ", package, ")");
}

}  // namespace

MediaPrograms find_media_programs(bool sound) {
  MediaPrograms programs;
  programs.abcm2ps = find_program("abcm2ps");
  if (programs.abcm2ps.empty()) programs.missing.push_back(missing_program("sheet music", "abcm2ps", "abcm2ps"));
  if (!sound) return programs;
  programs.fluidsynth = find_program("fluidsynth");
  if (programs.fluidsynth.empty()) {
    programs.missing.push_back(missing_program("sound", "fluidsynth", "fluidsynth timgm6mb-soundfont"));
    return programs;
  }
  try {
    programs.sound_font = require_sound_font({});
  } catch (const Error&) {
    programs.fluidsynth.clear();
    programs.missing.push_back(missing_program("sound", "a General MIDI sound font", "timgm6mb-soundfont"));
  }
  return programs;
}

std::vector<SampleMedia> render_samples(std::vector<MediaRequest> requests, const MediaPrograms& programs) {
  std::size_t begun = 0;
  const auto source = [&]() -> std::optional<MediaRequest> {
    if (interrupted()) throw Error("interrupted", {}, Fault::interrupted);
    return begun == requests.size() ? std::nullopt : std::optional(std::move(requests[begun++]));
  };
  const int threads = cpu_count();
  OrderedParallel<MediaRequest, SampleMedia> results(
      threads, static_cast<std::size_t>(2 * threads), source,
      [&](const MediaRequest& request, const std::stop_token&) { return render(request, programs); });
  std::vector<SampleMedia> media;
  while (auto one = results.next()) media.push_back(std::move(*one));
  return media;
}

}  // namespace etude
