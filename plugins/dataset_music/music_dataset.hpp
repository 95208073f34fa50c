// ABC collections and MIDI files as one stream of cleaned documents.
#pragma once

#include <etude/dataset.hpp>
#include <etude/parallel.hpp>
#include <memory>
#include <optional>

#include "cleaning.hpp"
#include "converter.hpp"
#include "sources.hpp"
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
};

/// Files in the order of list_sources(), tunes in the order of their file, the same whatever the number of threads.
/// A file that cannot be read is an outcome, "unreadable", with a warning; one that vanishes or changes meanwhile is an error.
class MusicDataset : public etude::Dataset {
 public:
  MusicDataset(MusicSettings settings, const etude::DatasetContext& context);

  bool next(etude::Document& document) override;
  void rewind() override;
  std::string fingerprint() override;
  std::string separator() const override { return settings_.profile.separator; }
  std::vector<etude::Outcome> outcomes() const override { return outcomes_; }
  std::map<std::string, std::int64_t> outcome_counts() const override { return counts_; }

 private:
  using Pipeline = etude::OrderedParallel<std::size_t, Conversion>;

  void open();
  void open_converter();
  void start();
  bool next_of_file(etude::Document& document);
  void begin_file(const Conversion& conversion);
  bool finish(etude::Document& document, std::string id, Cleaned cleaned, const char* kept);
  void note(const std::string& id, const std::string& result, const std::string& reason);
  void warn(const std::string& message) const;
  void show_progress(const std::string& what, std::size_t done) const;

  MusicSettings settings_;
  etude::DatasetContext context_;
  bool opened_ = false;
  std::vector<SourceFile> sources_;
  bool has_midi_ = false;
  std::shared_ptr<Converter> converter_;  ///< null without MIDI files, or without midi2abc
  std::string fingerprint_;

  std::size_t given_ = 0, taken_ = 0;   ///< sources put into the pipeline, and out of it
  std::unique_ptr<Pipeline> pipeline_;  ///< after the converter: it ends first
  std::optional<TuneReader> tunes_;     ///< of sources_[taken_ - 1], an ABC file
  std::optional<Conversion> midi_;      ///< of sources_[taken_ - 1], a MIDI file
  std::vector<etude::Outcome> outcomes_;
  std::map<std::string, std::int64_t> counts_;
};

}  // namespace dataset_music
