// A model's texts as the tunes that are judged, and what is said of them.
#pragma once

#include <etude/metric.hpp>
#include <etude/music/cut_tune.hpp>
#include <functional>
#include <string>
#include <vector>

namespace metric_music {

using etude::music::cut_tune;
using etude::music::CutTune;

/// What a metric says of a tune.
struct Judgement {
  std::string verdict;
  std::string outcome;  ///< as which the verdict is counted
  std::string file;     ///< the bytes that are kept of it; empty: no file
};

using Judge = std::function<Judgement(const CutTune& tune)>;

struct JudgedTunes {
  std::vector<CutTune> tunes;  ///< of all texts; without a tune the text is empty
  etude::MetricResult result;  ///< with samples and the table `outcomes`
};

/// Cuts each of a request's texts, has its tune judged, and writes what is to be kept of it. A text without a tune is invalid and
/// is not shown to `judge`.
/// @param suffix  of the files: ".mid"
/// @throws etude::Error if a file cannot be written
JudgedTunes judge_tunes(etude::MetricView& view, const etude::SampleRequest& request, const char* suffix, const Judge& judge);

/// Why a text is no music, as a reader or writer of music said it: the place and the cause, without "no ABC: ".
std::string reason_of(const std::string& message);

}  // namespace metric_music
