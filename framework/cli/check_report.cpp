#include <algorithm>
#include <base/table.hpp>
#include <base/text.hpp>
#include <base/words.hpp>
#include <cli/check_report.hpp>
#include <cli/check_values.hpp>
#include <config/selection.hpp>

namespace etude {
namespace {

std::string plugins_text(const LoadedExperiment& experiment) {
  TextTable table;
  for (const auto& [kind, id] : used_parts(experiment.study)) {
    const PluginFile& file = experiment.catalogue.file_of(kind, id);
    table.add({name(kind), id, file.id + " " + file.version, file.file.string()});
  }
  return "plugins\n" + table.text(2);
}

std::string corpora_text(const StudyPlan& plan) {
  const auto count = [](std::int64_t value) { return count_text(static_cast<double>(value)); };
  std::string out;
  for (const CorpusPlan& corpus : plan.corpora) {
    out += text("\ncorpus ", corpus.fingerprint.substr(0, 12), " in ", corpus.directory.string(), "\n  ",
                count(corpus.train_tokens), " training, ", count(corpus.validation_tokens), " validation, ",
                count(corpus.test_tokens), " test tokens, vocabulary ", corpus.vocab_size, "\n");
    if (!corpus.transpositions.empty())
      out +=
          text("  ", count(corpus.unique_train_tokens), " of the training tokens are unique, the others their transpositions\n");
    out += text("  ", fixed(corpus.tokens_per_character, 3), " tokens a character, ", share_text(corpus.unknown_share),
                " of the characters unknown\n  near twins in training: ", share_text(corpus.validation_leakage.share()),
                " of the validation documents, ", share_text(corpus.test_leakage.share()), " of the test documents\n");
  }
  return out;
}

std::string grouped(std::int64_t count) {
  std::string digits = std::to_string(count);
  for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3) digits.insert(static_cast<std::size_t>(i), 1, ',');
  return digits;
}

template <class T, class Format>
std::string or_unknown(const std::optional<T>& value, Format format) {
  return value ? format(*value) : "?";
}

/// Runs that differ in seeds and in selected axes alone: they are alike in size and budget, and stand in one line.
struct Alike {
  std::string label;
  std::vector<const RunPlan*> runs;

  const RunPlan& first() const { return *runs.front(); }
  double seconds(double RunEstimate::*part) const {
    double sum = 0;
    for (const RunPlan* run : runs) sum += run->estimate ? (*run->estimate).*part : 0;
    return sum;
  }
};

bool tells_runs_apart(const Study& study, const std::string& axis) {
  const bool repeats = std::any_of(study.axes.begin(), study.axes.end(),
                                   [&](const StudyAxis& other) { return other.name == axis && other.seeds; });
  const bool selected = std::any_of(study.selections.begin(), study.selections.end(),
                                    [&](const Selection& selection) { return selection.axis == axis; });
  return !repeats && !selected;
}

bool alike(const RunPlan& a, const RunPlan& b) {
  const auto size = [](const RunPlan& run) { return run.size ? run.size->parameters.total() : 0; };
  return a.tokens == b.tokens && a.steps == b.steps && size(a) == size(b) && a.epochs == b.epochs;
}

/// The runs that there will be.
std::vector<Alike> alike_runs(const Study& study, const StudyPlan& plan) {
  std::vector<Alike> groups;
  for (std::size_t i = 0; i < plan.runs.size(); ++i) {
    const RunPlan& run = plan.runs[i];
    if (!run.expected) continue;
    std::string label;
    for (const auto& [axis, point] : study.variants[i].axes)
      if (tells_runs_apart(study, axis)) label += (label.empty() ? "" : "_") + point;
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const Alike& other) { return other.label == label && alike(other.first(), run); });
    if (group == groups.end()) group = groups.insert(groups.end(), {label, {}});
    group->runs.push_back(&run);
  }
  for (Alike& group : groups)
    if (group.runs.size() == 1 || group.label.empty()) group.label = group.first().label + (group.runs.size() == 1 ? "" : " ...");
  return groups;
}

std::string sizes_text(const std::vector<Alike>& groups) {
  const bool several = std::any_of(groups.begin(), groups.end(), [](const Alike& group) { return group.runs.size() > 1; });
  const auto row = [several](std::vector<std::string> cells) {
    if (!several) cells.erase(cells.begin() + 1);
    return cells;
  };
  TextTable table(
      row({"run", "runs", "parameters", "embedding", "output", "body", "FLOPs/token", "tokens", "steps", "epochs", "FLOPs"}));
  for (const Alike& group : groups) {
    const RunPlan& run = group.first();
    const auto of_size = [&](auto format) { return or_unknown(run.size, format); };
    table.add(row({group.label, std::to_string(group.runs.size()),
                   of_size([](const ModelSize& s) { return grouped(s.parameters.total()); }),
                   of_size([](const ModelSize& s) { return grouped(s.parameters.embedding); }),
                   of_size([](const ModelSize& s) { return grouped(s.parameters.output); }),
                   of_size([](const ModelSize& s) { return grouped(s.parameters.body); }),
                   of_size([](const ModelSize& s) { return count_text(3 * s.forward_flops_per_token); }), grouped(run.tokens),
                   grouped(run.steps), or_unknown(run.epochs, [](double epochs) { return fixed(epochs, 2); }),
                   of_size([&](const ModelSize& s) {
                     return count_text(3 * s.forward_flops_per_token * static_cast<double>(run.tokens));
                   })}));
  }
  return "\nsizes (FLOPs of training a run: three times the forward pass)\n" + table.text(2);
}

/// "all 120 runs: 52 m 10 s, 2 at a time; 80 of them begin from a shorter one's checkpoint".
std::string total_text(const StudyPlan& plan) {
  const auto expected = std::count_if(plan.runs.begin(), plan.runs.end(), [](const RunPlan& run) { return run.expected; });
  const auto branches =
      std::count_if(plan.runs.begin(), plan.runs.end(), [](const RunPlan& run) { return run.parent.has_value(); });
  return text("  all ", counted(expected, "run"), ": ", duration_text(*plan.seconds),
              plan.jobs > 1 ? text(", ", plan.jobs, " at a time") : "",
              branches > 0
                  ? text("; ", branches, branches == 1 ? " begins" : " begin", " from the checkpoint of a shorter one and ",
                         branches == 1 ? "computes" : "compute", " only what is new")
                  : "",
              "\n");
}

std::string costs_text(const StudyPlan& plan, const std::vector<Alike>& groups) {
  TextTable table({"run", "id", "tokens/s", "peak memory", "training", "validation", "metrics"});
  bool measured = false;
  if (std::none_of(plan.runs.begin(), plan.runs.end(), [](const RunPlan& run) { return run.id || run.cost; })) return "";
  for (const Alike& group : groups) {
    const RunPlan& run = group.first();
    const auto time = [&](double RunEstimate::*part) -> std::string {
      // Without the corpus nobody knows how much there is to validate and to measure.
      if (!run.estimate || (!run.epochs && (*run.estimate).*part == 0)) return "?";
      return duration_text(group.seconds(part));
    };
    table.add({group.label, group.runs.size() > 1 ? counted(std::ssize(group.runs), "run") : run.id.value_or("?"),
               or_unknown(run.cost,
                          [&](const MeasuredCost& cost) {
                            return count_text(static_cast<double>(run.tokens) / static_cast<double>(run.steps) /
                                              cost.step_seconds);
                          }),
               or_unknown(run.cost, [](const MeasuredCost& cost) { return bytes_text(static_cast<double>(cost.peak_memory)); }),
               time(&RunEstimate::training_seconds), time(&RunEstimate::validation_seconds), time(&RunEstimate::metric_seconds)});
    measured |= run.estimate.has_value();
  }
  return text("\ncosts", measured ? ", as measured here with random tokens" : "", "\n", table.text(2),
              plan.seconds ? total_text(plan) : "");
}

/// What is tried before what, and how many runs that makes.
std::string selections_text(const Study& study) {
  if (study.selections.empty()) return "";
  const Choices choices = assumed_choices(study);
  TextTable table;
  for (std::size_t s = 0; s < study.selections.size(); ++s) {
    const Selection& selection = study.selections[s];
    std::string at;
    for (const auto& [axis, label] : selection.at) at += text(at.empty() ? "tried at " : ", ", axis, " ", label);
    const auto places =
        std::count_if(choices.begin(), choices.end(), [&](const auto& choice) { return choice.first.selection == s; });
    const auto axis =
        std::find_if(study.axes.begin(), study.axes.end(), [&](const StudyAxis& a) { return a.name == selection.axis; });
    table.add({selection.axis, "the best of " + std::to_string(axis->labels.size()) + " by " + selection.by,
               at.empty() ? "tried everywhere" : at, counted(places, "choice")});
  }
  return text("\nselections\n", table.text(2), "  ", counted(std::ssize(wanted_runs(study, {})), "run"), " at first, ",
              wanted_runs(study, choices).size(), " in all, of which ", selected_runs(study, choices).size(), " count\n");
}

std::string finish_text(const Study& study) {
  return study.finish.empty() ? "" : text("\nends with ", joined(study.finish), "\n");
}

/// Of models that were asked for by size.
std::string shapes_text(const Study& study, const StudyPlan& plan) {
  TextTable table({"architecture", "asked for", "has", "shape"});
  std::vector<std::string> known;
  for (std::size_t i = 0; i < plan.runs.size(); ++i) {
    const Experiment& experiment = study.variants[i].experiment;
    if (!experiment.sized) continue;
    const std::string shape = shape_text(*experiment.sized);
    const std::string asked = grouped(static_cast<std::int64_t>(experiment.sized->parameters));
    const std::string key = experiment.architecture.plugin + asked + shape;
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    known.push_back(key);
    table.add({experiment.architecture.plugin, asked,
               or_unknown(plan.runs[i].size, [](const ModelSize& size) { return grouped(size.parameters.total()); }), shape});
  }
  return table.empty() ? "" : "\nshapes chosen for the sizes asked for\n" + table.text(2);
}

}  // namespace

std::string check_text(const LoadedExperiment& experiment, const StudyPlan& plan, bool all_values) {
  const Study& study = experiment.study;
  const auto groups = alike_runs(study, plan);
  const auto expected = std::count_if(plan.runs.begin(), plan.runs.end(), [](const RunPlan& run) { return run.expected; });
  std::string out = text(study.file.string(), ": study ", study.name, ", ", counted(expected, "run"), "\n\n",
                         plugins_text(experiment), values_text(study, all_values), corpora_text(plan), selections_text(study),
                         shapes_text(study, plan), sizes_text(groups), costs_text(plan, groups), finish_text(study));
  for (const std::string& warning : plan.warnings) out += "\nwarning: " + warning;
  if (!plan.warnings.empty()) out += "\n";
  return out;
}

}  // namespace etude
