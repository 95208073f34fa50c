#include "midi_export.hpp"

#include <etude/music/judge.hpp>
#include <etude/process.hpp>

#include "files.hpp"
#include "music_sample.hpp"

namespace metric_music {
namespace {

namespace fs = std::filesystem;

/// Asks abc2midi, which reads ABC otherwise than music21 does.
class Abc2Midi {
 public:
  /// @param directory  for its files, which are gone afterwards
  Abc2Midi(fs::path program, fs::path directory) : program_(std::move(program)), directory_(std::move(directory)) {
    limits_.seconds = 20;
    limits_.file_bytes = 64 << 20;
    limits_.memory_bytes = 1ull << 30;
    limits_.output_bytes = 1 << 20;
  }
  ~Abc2Midi() {
    std::error_code ignored;
    for (const char* name : {input, output}) fs::remove(directory_ / name, ignored);
  }
  Abc2Midi(const Abc2Midi&) = delete;
  Abc2Midi& operator=(const Abc2Midi&) = delete;

  /// Whether it writes a file and complains of no error. Its exit status says nothing, and warnings are no errors.
  bool converts(std::string_view tune) const {
    write_file(directory_ / input, tune);
    fs::remove(directory_ / output);
    const auto run = etude::run_process(program_, {input, "-o", output, "-silent"}, directory_, limits_, {});
    return run.ok() && ("\n" + run.output).find("\nError") == std::string::npos && fs::exists(directory_ / output);
  }

 private:
  static constexpr const char* input = "tune.abc";
  static constexpr const char* output = "tune.mid";
  fs::path program_, directory_;
  etude::ProcessLimits limits_;
};

/// How many tunes it converts; nothing where it is not installed.
std::optional<std::int64_t> ask_abc2midi(etude::MetricView& view, const std::vector<CutTune>& tunes) {
  const auto program = etude::find_program("abc2midi");
  if (program.empty()) {
    view.warn("abc2midi is not installed, so its share is left out (Debian: apt-get install abcmidi)");
    return std::nullopt;
  }
  const Abc2Midi abc2midi(program, view.directory());
  std::int64_t converted = 0, asked = 0;
  for (const CutTune& tune : tunes) {
    view.progress("asking abc2midi, tune", ++asked, std::ssize(tunes));
    if (!tune.text.empty() && abc2midi.converts(tune.text)) ++converted;
  }
  return converted;
}

}  // namespace

etude::MetricResult MidiExport::evaluate(etude::MetricView& view) {
  std::int64_t exported = 0;
  auto [tunes, result] = judge_tunes(view, options_.request(), ".mid", [&](const CutTune& tune) -> Judgement {
    auto judged = etude::music::judge_abc(tune.text, options_.abc());
    exported += judged.exports();
    if (judged.exports()) return {"exported", "exported", std::move(*judged.midi)};
    const auto verdict =
        judged.parses() ? "not exported: " + reason_of(judged.midi_error) : "invalid: " + reason_of(judged.parse_error);
    return {verdict, verdict, {}};
  });
  const auto count = std::ssize(tunes);
  result.scalars["midi_export"] = etude::share_of(exported, count);
  if (const auto converted = ask_abc2midi(view, tunes)) result.scalars["abc2midi"] = etude::share_of(*converted, count);
  return std::move(result);
}

}  // namespace metric_music
