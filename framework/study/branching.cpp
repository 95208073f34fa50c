#include <algorithm>
#include <base/log.hpp>
#include <config/canonical.hpp>
#include <map>
#include <record/run_record.hpp>
#include <study/branching.hpp>
#include <train/trainer.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

/// What a run computes before its decay: equal texts, equal steps. Empty without such a schedule.
std::string shared_part(const Experiment& experiment) {
  if (experiment.training.schedule != "wsd") return {};
  Table values = experiment.resolved;
  values.erase("metric");  // measured at the end
  Table& training = *values.find("training")->get_if<Table>();
  for (const auto* key :
       {"tokens", "steps", "decay_share", "final_learning_rate", "checkpoint_every", "keep_checkpoints", "keep_best"})
    training.erase(key);
  return canonical_json(Value(std::move(values)));
}

std::int64_t stable_steps(const Study& study, std::size_t run) { return study.variants[run].experiment.training.stable_steps(); }

/// The checkpoints of siblings from before both decays, latest first.
std::vector<BranchPoint> branch_points(const TrainingOptions& training, const std::vector<Sibling>& siblings) {
  std::vector<BranchPoint> points;
  for (const auto& sibling : siblings)
    for (const auto step : Checkpoints(sibling.directory / "checkpoints").steps())
      if (step > 0 && step <= std::min(sibling.stable_steps, training.stable_steps()))
        points.push_back({sibling.directory, step});
  std::stable_sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.step > b.step; });
  return points;
}

/// A machine that stopped may have lost the end of a journal that a checkpoint already stood for.
void require_rows(const BranchPoint& point, std::int64_t log_every) {
  const auto rows = read_run(point.run).train;
  const auto until = std::count_if(rows.begin(), rows.end(), [&](const TrainRow& row) { return row.step <= point.step; });
  if (until != point.step / log_every) throw Error("its journal does not have all rows before it");
}

}  // namespace

std::vector<std::optional<std::size_t>> branch_parents(const Study& study, const std::vector<bool>& runs) {
  std::map<std::string, std::vector<std::size_t>> families;
  for (std::size_t run = 0; run < study.variants.size(); ++run)
    if (runs.empty() || runs[run]) families[shared_part(study.variants[run].experiment)].push_back(run);
  families.erase("");
  std::vector<std::optional<std::size_t>> parents(study.variants.size());
  for (auto& [part, family] : families) {
    std::stable_sort(family.begin(), family.end(),
                     [&](std::size_t a, std::size_t b) { return stable_steps(study, a) < stable_steps(study, b); });
    for (std::size_t i = 1; i < family.size(); ++i)
      if (stable_steps(study, family[i - 1]) > 0) parents[family[i]] = family[i - 1];
  }
  return parents;
}

std::int64_t own_steps(const Study& study, std::size_t run, std::optional<std::size_t> parent) {
  return study.variants[run].experiment.training.total_steps() - (parent ? stable_steps(study, *parent) : 0);
}

std::vector<Sibling> siblings_of(const Study& study, std::size_t run, const std::string& corpus_fingerprint,
                                 const Catalogue& catalogue, const fs::path& study_directory) {
  const auto part = shared_part(study.variants[run].experiment);
  std::vector<Sibling> siblings;
  if (part.empty()) return siblings;
  for (std::size_t other = 0; other < study.variants.size(); ++other)
    if (other != run && shared_part(study.variants[other].experiment) == part)
      siblings.push_back(
          {study_directory / run_id(study.variants[other], corpus_fingerprint, catalogue), stable_steps(study, other)});
  return siblings;
}

std::vector<std::int64_t> decay_begins(const TrainingOptions& training, const std::vector<Sibling>& siblings) {
  std::vector<std::int64_t> steps;
  for (const auto& sibling : siblings)
    if (sibling.stable_steps > 0 && sibling.stable_steps <= training.stable_steps()) steps.push_back(sibling.stable_steps);
  return steps;
}

std::optional<BranchPoint> begin_from_sibling(Trainer& trainer, const TrainingOptions& training,
                                              const std::vector<Sibling>& siblings, const std::string& title) {
  for (const auto& point : branch_points(training, siblings)) {
    const auto name = point.run.filename().string();
    try {
      require_rows(point, training.log_every);
      trainer.begin_from(Checkpoints(point.run / "checkpoints"), point.step);
      log_info(text(title, ": begins from step ", point.step, " of ", name, ", which was the same run until then"));
      return point;
    } catch (const Error& error) {
      log_warning(text(title, ": cannot begin from step ", point.step, " of ", name, ": ", error.message()));
    }
  }
  const auto shorter = [&](const Sibling& sibling) { return sibling.stable_steps <= training.stable_steps(); };
  if (std::any_of(siblings.begin(), siblings.end(), shorter))
    log_info(text(title, ": trains from its start: no run that is the same until its decay has left a checkpoint"));
  return std::nullopt;
}

}  // namespace etude
