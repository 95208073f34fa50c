// Datasets of music as ABC text: abc_files, midi_files, and music for both at once.
#include <etude/plugin.hpp>

#include "music_dataset.hpp"

namespace dataset_music {
namespace {

using etude::field;

/// The option `transpose_semitones`. What variants there are enters the corpus by Dataset::transpositions().
template <class Options>
auto transpose_field() {
  return field(&Options::transpose_semitones, "transpose_semitones",
               "Training repeats each MIDI file moved by each of these; 0 is the file itself", etude::between(-48, 48),
               etude::no_effect_on_result);
}

/// The option `profile`, the same in every dataset.
template <class Options>
auto profile_field() {
  return field(&Options::profile, "profile", "How text is cleaned: see the plugin's README",
               etude::one_of({"phase1", "phase2", "etude"}));
}

struct AbcFilesOptions {
  etude::Paths path;
  std::string profile = "phase1";
  bool split_tunes = true;

  static auto fields() {
    return etude::fields(
        field(&AbcFilesOptions::path, "path", "ABC files, or folders or archives that are searched for *.abc", etude::required,
              etude::no_effect_on_result),
        profile_field<AbcFilesOptions>(),
        field(&AbcFilesOptions::split_tunes, "split_tunes", "A document a tune (from X: to X:), else a document a file"));
  }
};

struct MidiFilesOptions {
  etude::Paths path;
  std::string profile = "phase1";
  std::filesystem::path midi2abc;
  double timeout_seconds = 30;
  std::int64_t max_output_bytes = 16'000'000;
  std::vector<std::int64_t> transpose_semitones;

  static auto fields() {
    return etude::fields(
        field(&MidiFilesOptions::path, "path", "MIDI files, or folders or archives that are searched for *.mid, *.midi",
              etude::required, etude::no_effect_on_result),
        profile_field<MidiFilesOptions>(),
        field(&MidiFilesOptions::midi2abc, "midi2abc", "The converter; empty: midi2abc on PATH", etude::no_effect_on_result),
        field(&MidiFilesOptions::timeout_seconds, "timeout_seconds", "A conversion that takes longer is given up",
              etude::between(0.01, 86400)),
        field(&MidiFilesOptions::max_output_bytes, "max_output_bytes", "A file with more ABC than this is left out",
              etude::between(200, 1e9)),
        transpose_field<MidiFilesOptions>());
  }
  ConverterSettings converter() const { return {midi2abc, timeout_seconds, static_cast<std::uint64_t>(max_output_bytes)}; }
};

struct MusicOptions {
  etude::Paths path;
  std::string profile = "phase1";
  bool split_tunes = true;
  std::filesystem::path midi2abc;
  std::string without_midi2abc = "error";
  double timeout_seconds = 30;
  std::int64_t max_output_bytes = 16'000'000;
  std::vector<std::int64_t> transpose_semitones;

  static auto fields() {
    return etude::fields(
        field(&MusicOptions::path, "path",
              "ABC and MIDI files, or folders or archives that are searched for *.abc, *.mid, *.midi", etude::required,
              etude::no_effect_on_result),
        profile_field<MusicOptions>(),
        field(&MusicOptions::split_tunes, "split_tunes",
              "A document a tune (from X: to X:) of ABC files, else a document a file"),
        field(&MusicOptions::midi2abc, "midi2abc", "The converter; empty: midi2abc on PATH", etude::no_effect_on_result),
        field(&MusicOptions::without_midi2abc, "without_midi2abc", "Without the converter: stop, or leave the MIDI files out",
              etude::one_of({"error", "skip"}), etude::no_effect_on_result),
        field(&MusicOptions::timeout_seconds, "timeout_seconds", "A conversion that takes longer is given up",
              etude::between(0.01, 86400)),
        field(&MusicOptions::max_output_bytes, "max_output_bytes", "A MIDI file with more ABC than this is left out",
              etude::between(200, 1e9)),
        transpose_field<MusicOptions>());
  }
  ConverterSettings converter() const { return {midi2abc, timeout_seconds, static_cast<std::uint64_t>(max_output_bytes)}; }
};

struct AbcFiles final : MusicDataset {
  using Options = AbcFilesOptions;
  AbcFiles(const Options& options, const etude::DatasetContext& context)
      : MusicDataset({.part = "abc_files",
                      .paths = options.path,
                      .formats = {Format::abc},
                      .profile = find_profile(options.profile),
                      .split_tunes = options.split_tunes},
                     context) {}
};

struct MidiFiles final : MusicDataset {
  using Options = MidiFilesOptions;
  MidiFiles(const Options& options, const etude::DatasetContext& context)
      : MusicDataset({.part = "midi_files",
                      .paths = options.path,
                      .formats = {Format::midi},
                      .profile = find_profile(options.profile),
                      .converter = options.converter(),
                      .semitones = options.transpose_semitones},
                     context) {}
};

struct Music final : MusicDataset {
  using Options = MusicOptions;
  Music(const Options& options, const etude::DatasetContext& context)
      : MusicDataset({.part = "music",
                      .paths = options.path,
                      .formats = {Format::abc, Format::midi},
                      .profile = find_profile(options.profile),
                      .split_tunes = options.split_tunes,
                      .skip_without_midi2abc = options.without_midi2abc == "skip",
                      .converter = options.converter(),
                      .semitones = options.transpose_semitones},
                     context) {}
};

}  // namespace
}  // namespace dataset_music

ETUDE_PLUGIN("etude.dataset_music", "1.0.0", registry) {
  registry.add<dataset_music::AbcFiles>("abc_files", "ABC files: single tunes or collections");
  registry.add<dataset_music::MidiFiles>("midi_files", "MIDI files, converted to ABC by midi2abc");
  registry.add<dataset_music::Music>("music", "ABC collections and MIDI files together");
}
