#include <algorithm>
#include <base/files.hpp>
#include <base/text.hpp>
#include <config/experiment.hpp>
#include <config/toml.hpp>
#include <numeric>
#include <set>
#include <study/comparison.hpp>
#include <study/run_folders.hpp>
#include <study/watch.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t rows_of_now = 20;  // logged steps that tell the present loss and speed

/// A folder with runs, or one that `etude run` is about to fill.
bool is_study(const fs::path& directory) {
  const auto folders = folders_in(directory);
  return DirectoryLock::held(directory) || fs::exists(directory / "study.h5") ||
         std::any_of(folders.begin(), folders.end(), is_run);
}

std::vector<fs::path> studies_in(const fs::path& path) {
  if (is_study(path)) return {path};
  auto studies = folders_in(path);
  std::erase_if(studies, [](const fs::path& folder) { return folder.filename() == ".corpus" || !is_study(folder); });
  return studies;
}

/// Of a study that cannot be read at this moment nothing is known.
StudyRecord record_of(const fs::path& study) {
  try {
    return read_study_record(study);
  } catch (const Error&) {
    return {};
  }
}

std::int64_t whole(const Table& table, const char* key, std::int64_t otherwise) {
  const Value* value = table.find(key);
  const auto* number = value ? value->get_if<std::int64_t>() : nullptr;
  return number ? *number : otherwise;
}

/// The budget of a recorded experiment.
TrainingOptions budget_of(const RunHeader& header) {
  const Table experiment = parse_toml(header.experiment_toml, "the recorded experiment");
  TrainingOptions training;
  const Value* section = experiment.find("training");
  const Table* values = section ? section->get_if<Table>() : nullptr;
  if (!values) return training;
  training.tokens = whole(*values, "tokens", 0);
  training.steps = whole(*values, "steps", 0);
  training.batch_size = whole(*values, "batch_size", training.batch_size);
  training.context_length = whole(*values, "context_length", training.context_length);
  return training;
}

void add_present(WatchedRun& run, const std::vector<TrainRow>& rows, std::int64_t tokens_in_all) {
  if (rows.empty()) return;
  const TrainRow& last = rows.back();
  const std::size_t count = std::min(rows.size(), rows_of_now);
  const TrainRow& first = rows[rows.size() - count];
  run.step = last.step;
  run.tokens = static_cast<double>(last.tokens);
  run.loss = std::accumulate(rows.end() - static_cast<std::ptrdiff_t>(count), rows.end(), 0.0,
                             [](double sum, const TrainRow& row) { return sum + row.loss; }) /
             static_cast<double>(count);
  run.seconds_so_far = last.seconds;
  const double seconds = last.seconds - first.seconds;
  run.tokens_per_second = seconds > 0 ? static_cast<double>(last.tokens - first.tokens) / seconds : last.tokens_per_second;
  const auto left = tokens_in_all - last.tokens;
  if (run.state == "running" && left > 0 && *run.tokens_per_second > 0)
    run.seconds_left = static_cast<double>(left) / *run.tokens_per_second;
}

WatchedRun watched(const JournalFollower& follower) {
  const RunData& data = follower.data();
  WatchedRun run;
  run.name = data.header.label;
  run.state = follower.state();
  run.reason = data.reason;
  const TrainingOptions budget = budget_of(data.header);
  run.steps = budget.total_steps();
  add_present(run, data.train, run.steps * budget.tokens_per_step());
  if (data.validation.empty()) return run;
  run.validation_loss = data.validation.back().loss;
  run.validation_step = data.validation.back().step;
  return run;
}

std::string share(const WatchedRun& run) {
  return run.steps > 0 && run.step > 0 ? percent_text(static_cast<double>(run.step) / static_cast<double>(run.steps)) : "-";
}

std::size_t count(const std::vector<WatchedRun>& runs, const std::string& state) {
  return static_cast<std::size_t>(std::count_if(runs.begin(), runs.end(), [&](const auto& run) { return run.state == state; }));
}

/// Which of the runs are shown in `rows` lines: first those that are done go, from the first on, then planned ones, from the
/// last.
std::vector<bool> shown(const std::vector<WatchedRun>& runs, std::size_t rows) {
  std::vector<bool> is_shown(runs.size(), true);
  std::size_t left = runs.size();
  for (std::size_t i = 0; i < runs.size() && left > rows; ++i)
    if (runs[i].state == "done") is_shown[i] = false, --left;
  for (std::size_t i = runs.size(); i-- > 0 && left > rows;)
    if (runs[i].state == "planned") is_shown[i] = false, --left;
  for (std::size_t i = runs.size(); i-- > 0 && left > rows;)
    if (is_shown[i]) is_shown[i] = false, --left;
  return is_shown;
}

std::string validated(const WatchedRun& run) { return "validation loss " + fixed(*run.validation_loss, 4); }

}  // namespace

Watch::Watch(std::vector<fs::path> paths) : paths_(std::move(paths)) {
  for (const auto& path : paths_) {
    if (!fs::is_directory(path))
      throw usage_error(text(path.string(), " is not a directory"), "give the directory of a run or of a study");
    if (!is_run(path) && studies_in(path).empty()) find_runs(path);  // says that there is none
  }
  update();
}

void Watch::update() {
  runs_.clear();
  ended_ = true;
  std::vector<fs::path> studies;
  for (const auto& path : paths_) {
    if (is_run(path)) {
      look_at_run(path);
      continue;
    }
    for (const auto& study : studies_in(path))
      if (std::find(studies.begin(), studies.end(), study) == studies.end()) studies.push_back(study);
  }
  for (const auto& study : studies) {
    const std::size_t first = runs_.size();
    look_at_study(study);
    for (std::size_t i = first; studies.size() > 1 && i < runs_.size(); ++i)
      runs_[i].name = study.filename().string() + "/" + runs_[i].name;
  }
}

void Watch::look_at_study(const fs::path& directory) {
  // Asked before the runs are read, so that what is read last is how the study ended.
  if (DirectoryLock::held(directory)) ended_ = false;
  const auto planned = record_of(directory).planned;
  std::set<fs::path> seen;
  for (const auto& run : planned) {
    const fs::path place = directory / run.id;
    if (!run.id.empty() && is_run(place)) {
      if (seen.insert(place).second) look_at_run(place);
    } else {
      WatchedRun row;
      row.name = run.label;
      row.state = "planned";
      runs_.push_back(row);
    }
  }
  // Runs that this study does not ask for are of an earlier call, unless they go on.
  for (const auto& folder : folders_in(directory))
    if (is_run(folder) && !seen.contains(folder) && (planned.empty() || DirectoryLock::held(folder))) look_at_run(folder);
}

void Watch::look_at_run(const fs::path& directory) {
  auto& follower = followers_.try_emplace(directory, directory).first->second;
  try {
    follower.update();
    runs_.push_back(watched(follower));
  } catch (const Error& error) {
    WatchedRun damaged;
    damaged.name = folder_name(directory);
    damaged.state = "damaged";
    damaged.reason = error.what();
    runs_.push_back(damaged);
  }
  if (runs_.back().state == "running") ended_ = false;
}

std::optional<double> Watch::seconds_left() const {
  double left = 0, whole_runs = 0;
  std::size_t running = 0, known = 0;
  for (const auto& run : runs_) {
    if (run.state != "done" && run.state != "running") continue;
    running += run.state == "running";
    left += run.seconds_left.value_or(0);
    if (!run.seconds_so_far) continue;
    whole_runs += *run.seconds_so_far + run.seconds_left.value_or(0);
    ++known;
  }
  if (running == 0 || known == 0) return std::nullopt;
  left += static_cast<double>(count(runs_, "planned")) * whole_runs / static_cast<double>(known);
  return left / static_cast<double>(running);
}

std::string Watch::summary() const {
  std::string line = text(count(runs_, "done"), " of ", counted(static_cast<std::int64_t>(runs_.size()), "run"), " done");
  for (const char* state : {"running", "interrupted", "failed", "damaged"})
    if (const auto number = count(runs_, state); number > 0) line += text(", ", number, " ", state);
  if (const auto left = seconds_left())
    line += text("; about ", duration_text(*left), " left",
                 count(runs_, "planned") > 0 ? ", if the others take as long as these" : "");
  return line;
}

std::string Watch::table(std::size_t rows) const {
  TextTable table({"run", "state", "progress", "tokens", "loss", "validation loss", "tokens/s", "left"});
  const bool all = runs_.size() <= rows;
  const auto is_shown = shown(runs_, all ? rows : std::max<std::size_t>(rows, 2) - 1);  // a line for the note
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    const WatchedRun& run = runs_[i];
    if (!is_shown[i]) continue;
    const auto cell = [](const std::optional<double>& value, const auto& as_text) {
      return value ? as_text(*value) : std::string("-");
    };
    const auto digits = [](double value) { return fixed(value, 4); };
    table.add({run.name, run.state, share(run), cell(run.tokens, count_text), cell(run.loss, digits),
               cell(run.validation_loss, digits), cell(run.tokens_per_second, count_text),
               cell(run.seconds_left, duration_text)});
  }
  const auto hidden = std::count(is_shown.begin(), is_shown.end(), false);
  return table.text() + (hidden > 0 ? text("(", counted(hidden, "run"), " more)\n") : "");
}

std::vector<std::string> Watch::news() {
  std::vector<std::string> lines;
  for (const auto& run : runs_) {
    auto& told = told_[run.name];
    if (run.state == "running" && told.state != run.state) lines.push_back(run.name + ": running");
    if (run.validation_loss && run.validation_step != told.validation_step && run.step < run.steps)
      lines.push_back(text(run.name, ": ", validated(run), " after step ", run.validation_step, " of ", run.steps));
    if (run.state != told.state && run.state != "running" && run.state != "planned")
      lines.push_back(text(run.name, ": ", run.state, run.reason.empty() ? "" : ": " + run.reason,
                           run.state == "done" && run.validation_loss ? ", " + validated(run) : ""));
    told = {run.state, run.validation_step};
  }
  return lines;
}

std::vector<std::string> Watch::progress() const {
  std::vector<std::string> lines;
  for (const auto& run : runs_) {
    if (run.state != "running" || !run.loss) continue;
    std::string line = text(run.name, ": step ", run.step, " of ", run.steps, ", loss ", fixed(*run.loss, 4), ", ",
                            count_text(*run.tokens_per_second), " tokens/s");
    if (run.seconds_left) line += text(", ", duration_text(*run.seconds_left), " left");
    lines.push_back(line);
  }
  return lines;
}

}  // namespace etude
