#include "midi_export.hpp"

#include <etude/music/judge.hpp>
#include <etude/process.hpp>

#include "files.hpp"
#include "music_sample.hpp"
#include "outcomes.hpp"

namespace metric_music {
namespace {

namespace fs = std::filesystem;
using etude::text;

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
  const auto request = options_.request();
  const auto& texts = view.samples(request);
  const auto tunes = cut_tunes(texts);
  const auto directory = view.samples_directory(request);
  etude::MetricResult result;
  Outcomes outcomes;
  std::int64_t exported = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string_view tune = tunes[i].text;
    etude::JudgedSample sample{texts[i], text("invalid: ", no_tune), {}};
    if (!tune.empty()) {
      const auto judged = etude::music::judge_abc(tune, options_.abc());
      sample.verdict = judged.exports()  ? "exported"
                       : judged.parses() ? "not exported: " + reason_of(judged.midi_error)
                                         : "invalid: " + reason_of(judged.parse_error);
      if (judged.exports()) sample.file = write_file(directory / (etude::sample_name(i) + ".mid"), *judged.midi);
      exported += judged.exports();
    }
    outcomes.add(sample.verdict);
    result.samples.push_back(std::move(sample));
  }
  const auto count = static_cast<std::int64_t>(texts.size());
  result.scalars["midi_export"] = etude::share_of(exported, count);
  result.tables["outcomes"] = outcomes.table();
  if (const auto converted = ask_abc2midi(view, tunes)) result.scalars["abc2midi"] = etude::share_of(*converted, count);
  return result;
}

}  // namespace metric_music
