#include <unistd.h>

#include <base/files.hpp>
#include <base/log.hpp>
#include <base/text.hpp>
#include <cli/sample_output.hpp>
#include <etude/music/checks.hpp>
#include <etude/music/judge.hpp>
#include <generate/rendering.hpp>
#include <generate/tunes.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

namespace etude {
namespace {

namespace fs = std::filesystem;

/// What is made of a text.
struct Made {
  music::Verdict verdict;
  std::size_t voices = 0;
  std::vector<fs::path> files;
};

/// Voices of a text that does not parse: the different names in its V: lines; music outside them is a voice, too.
std::size_t voices_named(std::string_view text) {
  std::set<std::string_view> names;
  for (std::size_t line = 0; line < text.size();) {
    const auto end = std::min(text.find('\n', line), text.size());
    auto content = text.substr(line, end - line);
    if (content.starts_with("V:")) {
      content.remove_prefix(std::min(content.find_first_not_of(" \t", 2), content.size()));
      names.insert(content.substr(0, content.find_first_of(" \t\r%")));
    }
    line = end + 1;
  }
  return std::max<std::size_t>(1, names.size());
}

/// Sheet music and sound are extras: a tune that a program can't do anything with costs a warning.
template <class Render>
void try_render(const std::string& name, const char* what, const Render& render) {
  try {
    render();
  } catch (const Error& error) {
    log_warning(text(name, ": no ", what, ": ", error.message()));
  }
}

/// A MIDI file, sheet or sound beside a text that it was not made of would deceive.
void remove_made_before(const fs::path& stem) {
  std::error_code ignored;
  for (const char* suffix : {".mid", ".svg", ".wav"}) fs::remove(stem.string() + suffix, ignored);
  for (int page = 1; fs::remove(text(stem.string(), "-page-", page, ".svg"), ignored); ++page) continue;
}

void write_files(Made& made, const std::string& sample, const std::string& name, const SampleOutput& output) {
  const auto stem = output.directory / name;
  const auto named = [&](const char* suffix) { return fs::path(stem.string() + suffix); };
  remove_made_before(stem);
  write_file(named(".abc"), sample.ends_with('\n') ? sample : sample + '\n');
  made.files.push_back(named(".abc"));
  if (made.verdict.exports()) {
    write_file(named(".mid"), *made.verdict.midi);
    made.files.push_back(named(".mid"));
  }
  if (!output.abcm2ps.empty())
    try_render(name, "sheet music", [&] {
      for (auto& page : write_sheet(output.abcm2ps, first_tune(sample), stem)) made.files.push_back(std::move(page));
    });
  if (!output.fluidsynth.empty())
    try_render(name, "sound", [&] {
      if (!made.verdict.exports()) throw Error("there is no MIDI file to play");
      write_sound(output.fluidsynth, output.sound_font, named(".mid"), named(".wav"));
      made.files.push_back(named(".wav"));
    });
}

void print_json(const Made& made, const std::string& sample, const std::string& name, const std::string& header) {
  const auto& verdict = made.verdict;
  nlohmann::json line{{"name", name},
                      {"text", sample},
                      {"voices", made.voices},
                      {"parses", verdict.parses()},
                      {"exports", verdict.exports()},
                      {"files", nlohmann::json::array()}};
  if (!header.empty()) line["header"] = header;
  if (verdict.parses()) line["notes"] = music::count_notes(*verdict.score);
  if (!verdict.parses()) line["parse_error"] = verdict.parse_error;
  if (verdict.parses() && !verdict.exports()) line["midi_error"] = verdict.midi_error;
  for (const auto& file : made.files) line["files"].push_back(file.string());
  std::cout << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

/// "sample-1.abc, .mid: 2 voices, 96 notes"
void print_line(const Made& made) {
  const auto& verdict = made.verdict;
  std::string line = made.files.front().string();
  for (std::size_t i = 1; i < made.files.size(); ++i) line += ", " + made.files[i].filename().string();
  line += ": " + counted(static_cast<std::int64_t>(made.voices), "voice");
  if (!verdict.parses())
    line += "; does not parse: " + verdict.parse_error;
  else if (!verdict.exports())
    line += "; does not export: " + verdict.midi_error;
  else
    line += ", " + counted(static_cast<std::int64_t>(music::count_notes(*verdict.score)), "note");
  std::cout << line << '\n';
}

}  // namespace

void make_folder(const SampleOutput& output) {
  if (output.directory.empty()) return;
  std::error_code failed;
  fs::create_directories(output.directory, failed);
  if (!failed && !fs::is_directory(output.directory)) failed = std::make_error_code(std::errc::not_a_directory);
  if (!failed && ::access(output.directory.c_str(), W_OK) != 0) failed = {errno, std::generic_category()};
  if (failed)
    throw Error(text("cannot write to the folder ", output.directory.string(), ": ", failed.message()),
                "name another folder with --to");
}

void put_sample(const std::string& sample, const std::string& name, const std::string& header, const SampleOutput& output,
                SampleSummary& summary) {
  const auto tune = first_tune(sample);
  Made made;
  made.verdict = music::judge_abc(tune, music::Reading::music21);
  made.voices = made.verdict.parses() ? music::count_voices(*made.verdict.score) : voices_named(tune);
  ++summary.texts;
  ++summary.voices[made.voices];
  summary.parsed += made.verdict.parses();
  summary.exported += made.verdict.exports();

  if (!output.directory.empty()) write_files(made, sample, name, output);
  if (output.json)
    print_json(made, sample, name, header);
  else if (!output.directory.empty())
    print_line(made);
  else
    std::cout << sample << "\n\n";
}

std::string describe(const SampleSummary& summary) {
  std::string voices;
  for (const auto& [count, texts] : summary.voices)
    voices += voices.empty() ? text(counted(static_cast<std::int64_t>(count), "voice"), " in ", counted(texts, "text"))
                             : text(", ", count, " in ", texts);
  return text(voices, "; ", summary.parsed, " of ", summary.texts, " parse, ", summary.exported, " export to MIDI");
}

}  // namespace etude
