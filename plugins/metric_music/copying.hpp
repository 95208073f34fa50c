// How much of a text's music stands in the training texts.
#pragma once

#include <cstdint>
#include <etude/metric.hpp>
#include <vector>

#include "music_sample.hpp"

namespace metric_music {

/// Sequences (note_sequences.hpp) that are looked for. Memory grows with them, not with what is searched.
class SequenceSearch {
 public:
  void add(const std::vector<std::uint64_t>& digests) { wanted_.insert(wanted_.end(), digests.begin(), digests.end()); }
  /// After the last add(): marks those that the text has.
  void look_in(std::string_view text);
  bool found(std::uint64_t digest) const;

 private:
  void prepare();
  std::size_t place_of(std::uint64_t digest) const;

  std::vector<std::uint64_t> wanted_;  ///< sorted once prepared
  std::vector<bool> found_, filter_;   ///< the filter tells most that are not wanted at once
  std::vector<std::uint64_t> digests_;
};

/// Of all sequences of the texts, the share that stands in the training documents, with the bootstrap interval over the texts;
/// less is better. Without a sequence there is no share.
struct Copying {
  std::optional<etude::Scalar> samples;
  /// The same of the test documents (the first 200,000 sequences of them): what music has in common anyhow.
  std::optional<etude::Scalar> test;
};

/// Reads the training documents once.
Copying measure_copying(etude::MetricView& view, const std::vector<CutTune>& tunes);

}  // namespace metric_music
