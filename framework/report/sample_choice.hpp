// Which of the texts that runs have drawn a report shows.
#pragma once

#include <etude/music/judge.hpp>
#include <report/page.hpp>

namespace etude {

/// A text of a run with all that is said of it.
struct ShownSample {
  std::size_t number = 0;  ///< from 1, as the run's files count
  std::int64_t step = 0;   ///< of training, when it was drawn
  const Sample* sample = nullptr;
  std::vector<std::pair<std::string, std::string>> verdicts{};  ///< metric, what it says; none where no metric judged
  bool is_music = false;                                        ///< it has an X: line, and so a judgement
  music::Verdict judgement{};
};

/// The samples of a run that are shown, and of how many.
struct ShownSamples {
  const ReportRun* run = nullptr;
  std::vector<ShownSample> samples{};
  std::size_t drawn = 0;        ///< texts that the run has
  std::size_t judged = 0;       ///< of these the first, so many; 0: they are no music
  std::size_t exported = 0;     ///< of the judged: become MIDI files
  bool while_training = false;  ///< no metric drew any; these are from training, the last ones first
};

/// Selected runs that have drawn samples.
std::size_t count_with_samples(const std::vector<ReportRun>& runs);

/// Of the selected runs that have samples, at most `a_run` each and about `a_page` together, the same number of each run. Half of
/// them are the first that export to MIDI, the others the first that do not, as far as there are; they stand in the run's order.
/// Of many runs those of the lowest validation loss are shown. Points into `runs`.
std::vector<ShownSamples> choose_samples(const std::vector<ReportRun>& runs, int a_run, int a_page);

/// The run with the lowest last validation, in bits per character where they are known; null of none.
const ReportRun* lowest_validation(const std::vector<ShownSamples>& runs);

}  // namespace etude
