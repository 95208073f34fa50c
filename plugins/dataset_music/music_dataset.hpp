// ABC collections and MIDI files as one stream of cleaned documents.
#pragma once

#include <atomic>
#include <etude/dataset.hpp>
#include <etude/parallel.hpp>
#include <memory>
#include <mutex>
#include <optional>

#include "cleaning.hpp"
#include "collection.hpp"
#include "converter.hpp"
#include "tunes.hpp"

namespace dataset_music {

struct MusicSettings {
  std::string part{};  ///< the dataset's id, for messages
  etude::Paths paths{};
  std::vector<Format> formats{};
  Profile profile{};
  bool split_tunes = true;
  bool skip_without_midi2abc = false;
  ConverterSettings converter{};
  std::vector<std::int64_t> semitones{};  ///< as the option says: in any order, with 0 or without
};

/// Files in the order of list_sources(), tunes in the order of their file, the same whatever the number of threads.
/// A file that cannot be read is an outcome, "unreadable", with a warning; one that vanishes or changes meanwhile is an error.
/// Outcomes have a row for every MIDI file, and for what of ABC files is left out.
class MusicDataset : public etude::Dataset {
 public:
  MusicDataset(MusicSettings settings, const etude::DatasetContext& context);

  bool next(etude::Document& document) override;
  void rewind() override;
  std::string fingerprint() override;
  std::string separator() const override { return settings_.profile.separator; }
  std::vector<int> transpositions() const override;
  /// Of a MIDI file, with the id "<id>+3" or "<id>-3". Refused where transpose() refuses; that is an outcome ("not transposed"),
  /// and so is a variant that midi2abc or the profile drops.
  std::optional<etude::Document> variant(const std::string& id, int semitones) override;
  /// Of the sources in their order, then of the variants by id.
  std::vector<etude::Outcome> outcomes() const override;
  std::map<std::string, std::int64_t> outcome_counts() const override;

 private:
  /// What became of a MIDI file.
  struct Converted {
    Conversion conversion{};  ///< without its text
    Cleaned cleaned{};
    bool to_be_read_again = false;  ///< the text was too much to keep until its turn
  };
  /// How the study would have counted: whatever left a text was converted.
  struct StudyCounts {
    std::int64_t converted = 0, failed = 0, tiny = 0, partial = 0;
  };
  using Pipeline = etude::OrderedParallel<std::size_t, Converted>;

  void open();
  void open_converter(std::int64_t files);
  void start();
  Conversion convert(const SourceFile& file, const std::stop_token& stop);
  Converted convert_and_clean(const SourceFile& file, const std::stop_token& stop);
  bool next_of_midi(etude::Document& document, Converted converted);
  void begin_abc();
  bool next_of_abc(etude::Document& document);
  bool finish(etude::Document& document, std::string id, Cleaned cleaned, const char* kept);
  void note(const std::string& id, const std::string& result, const std::string& reason);
  std::nullopt_t lost(const std::string& variant, const std::string& reason);
  void tell_study_counts();
  void warn(const std::string& message) const;
  void show_progress(const std::string& what, std::size_t done) const;

  MusicSettings settings_;
  etude::DatasetContext context_;
  std::mutex opening_;
  std::unique_ptr<Collection> collection_;
  bool has_midi_ = false;
  std::unique_ptr<Converter> converter_;  ///< null without MIDI files, or without midi2abc
  std::string fingerprint_;

  std::size_t given_ = 0, taken_ = 0;          ///< files put into the pipeline, and out of it
  std::atomic<std::size_t> waiting_bytes_{0};  ///< of cleaned texts in the pipeline
  std::unique_ptr<Pipeline> pipeline_;         ///< after what its threads use: it ends first
  std::optional<TuneReader> tunes_;            ///< of file taken_ - 1, an ABC file
  bool ended_ = false;
  StudyCounts study_;
  std::vector<etude::Outcome> outcomes_;
  std::map<std::string, std::int64_t> counts_;

  mutable std::mutex variants_;
  std::map<std::string, etude::Outcome> lost_variants_;  ///< by id
};

}  // namespace dataset_music
