// Runs with schedule = "wsd" that differ in their budgets alone are the same run until one of them begins its decay: a longer one
// begins from a checkpoint of a shorter one, or the other way round, and computes only what is its own. With keep_best the best
// checkpoint of such a run is the best of those that it wrote itself.
#pragma once

#include <config/experiment.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace etude {

class Catalogue;
class Trainer;

/// A run of the same study that is the same until one of the two begins its decay.
struct Sibling {
  std::filesystem::path directory;
  std::int64_t stable_steps = 0;  ///< of its own, before its decay
};

/// Of each run of the study the one that it begins from where runs are trained in the order of their budgets: the sibling that
/// begins its decay last before its own. Runs with other schedules have none.
/// @param runs  which runs there will be; empty: all
std::vector<std::optional<std::size_t>> branch_parents(const Study& study, const std::vector<bool>& runs = {});

/// The steps that a run computes itself where it begins from `parent`.
std::int64_t own_steps(const Study& study, std::size_t run, std::optional<std::size_t> parent);

/// The siblings of one run of the study, whether they exist by now or not.
/// @param study_directory  where the runs are, in folders called as run_id() says
std::vector<Sibling> siblings_of(const Study& study, std::size_t run, const std::string& corpus_fingerprint,
                                 const Catalogue& catalogue, const std::filesystem::path& study_directory);

/// The steps at which siblings can begin from a run that trains like this.
std::vector<std::int64_t> decay_begins(const TrainingOptions& training, const std::vector<Sibling>& siblings);

/// A checkpoint to begin from.
struct BranchPoint {
  std::filesystem::path run;
  std::int64_t step = 0;
};

/// Loads the latest checkpoint of a sibling that lies before both decays and can be used. What is wrong with one is said in the
/// log, and the next is tried; that none is left is said too.
/// @return nothing if training begins at its start
std::optional<BranchPoint> begin_from_sibling(Trainer& trainer, const TrainingOptions& training,
                                              const std::vector<Sibling>& siblings, const std::string& title);

}  // namespace etude
