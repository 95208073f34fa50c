#include <algorithm>
#include <base/words.hpp>
#include <nlohmann/json.hpp>
#include <study/run_groups.hpp>

namespace etude {
namespace {

/// Axes whose points differ in nothing but seeds: some cell has runs of two of them.
std::set<std::string> seed_axes(const std::vector<ComparedRun>& runs) {
  std::map<std::pair<std::string, std::string>, std::string> label_of;  // of a cell and an axis
  std::set<std::string> axes;
  for (const auto& run : runs)
    for (const auto& [axis, label] : run.axes)
      if (label_of.try_emplace({run.cell, axis}, label).first->second != label) axes.insert(axis);
  return axes;
}

const std::string* axis_label(const ComparedRun& run, const std::string& axis) {
  for (const auto& [name, label] : run.axes)
    if (name == axis) return &label;
  return nullptr;
}

const Value* value_at(const Table& experiment, const std::string& path) {
  const auto dot = path.find('.');
  const Value* value = experiment.find(path.substr(0, dot));
  if (!value || dot == std::string::npos) return value;
  const Table* inner = value->get_if<Table>();
  return inner ? value_at(*inner, path.substr(dot + 1)) : nullptr;
}

/// The labels of a run's axes but the seeds'; its own label where it has no axes.
std::string configuration_of(const ComparedRun& run, const std::set<std::string>& seeds) {
  std::vector<std::string> labels;
  for (const auto& [axis, label] : run.axes)
    if (!seeds.contains(axis)) labels.push_back(label);
  return labels.empty() ? run.axes.empty() ? run.label : run.study : joined(labels, "_");
}

std::string value_of(const ComparedRun& run, const std::string& key, const std::set<std::string>& seeds) {
  if (const auto* label = axis_label(run, key)) return *label;
  if (key == by_configuration) return configuration_of(run, seeds);
  if (key == by_study) return run.study;
  if (key == by_label) return run.label;
  const Value* value = value_at(run.experiment, key);
  if (!value) return "-";
  const auto* words = value->get_if<std::string>();
  return words ? *words : value->toml();
}

void add_keys(const Table& table, const std::string& path, std::set<std::string>& keys) {
  for (const Entry& entry : table) {
    const std::string key = path.empty() ? entry.key : path + "." + entry.key;
    if (const Table* inner = entry.value.get_if<Table>()) {
      add_keys(*inner, key, keys);
    } else {
      keys.insert(key);
    }
  }
}

void check_keys(const std::vector<ComparedRun>& runs, const std::vector<std::string>& by) {
  std::set<std::string> axes{by_configuration, by_study, by_label}, keys;
  for (const auto& run : runs) {
    for (const auto& [axis, label] : run.axes) axes.insert(axis);
    add_keys(run.experiment, "", keys);
  }
  for (const auto& key : by) {
    if (axes.contains(key) || keys.contains(key)) continue;
    std::vector<std::string> known(axes.begin(), axes.end());
    const std::string can = joined(known, ", ") + ", or a key of the experiment, as training.tokens";
    known.insert(known.end(), keys.begin(), keys.end());
    const std::string guess = nearest(key, known);
    throw usage_error(text("no run has an axis or a key ", key, " to group by"),
                      guess.empty() ? "there are " + can : text("did you mean ", guess, "? there are ", can));
  }
}

/// What tells a run from others of its group beside its seeds: "budget 1.5M, rate 3e-3".
std::string rest_of(const ComparedRun& run, const std::set<std::string>& not_these) {
  std::vector<std::string> rest;
  for (const auto& [axis, label] : run.axes)
    if (!not_these.contains(axis)) rest.push_back(axis + " " + label);
  return joined(rest, ", ");
}

/// What a cell is made of: "training.steps" and its value, those at their defaults left out.
std::map<std::string, std::string> parts_of(const std::string& cell) {
  std::map<std::string, std::string> parts;
  const auto flat = nlohmann::json::parse(cell).flatten();
  for (const auto& [pointer, value] : flat.items()) {
    std::string key = pointer.substr(1);
    std::replace(key.begin(), key.end(), '/', '.');
    parts[key] = value.is_string() ? value.get<std::string>().substr(0, 12) : value.dump();
  }
  return parts;
}

/// Runs that nothing known of them tells apart, and that are not the same but for their seeds all the same: another call of
/// `etude run` had --set, say. These are the keys in which they differ.
using Alike = std::map<std::vector<std::string>, std::vector<const ComparedRun*>>;

std::set<std::string> hidden_keys(const Alike& alike) {
  std::set<std::string> keys;
  for (const auto& [known, runs] : alike) {
    const auto first = parts_of(runs.front()->cell);
    for (const auto* run : runs) {
      if (run->cell == runs.front()->cell) continue;
      const auto parts = parts_of(run->cell);
      for (const auto& [key, value] : first)
        if (const auto other = parts.find(key); other == parts.end() || other->second != value) keys.insert(key);
      for (const auto& [key, value] : parts)
        if (!first.contains(key)) keys.insert(key);
    }
  }
  return keys;
}

std::string hidden_of(const ComparedRun& run, const std::set<std::string>& keys) {
  if (keys.empty()) return "";
  const auto parts = parts_of(run.cell);
  std::vector<std::string> values;
  for (const auto& key : keys) {
    const auto found = parts.find(key);
    values.push_back(key + " " + (found == parts.end() ? "-" : found->second));
  }
  return joined(values, ", ");
}

std::string both(const std::string& one, const std::string& other) {
  return one + (one.empty() || other.empty() ? "" : ", ") + other;
}

}  // namespace

std::vector<GroupedRuns> group_runs(const std::vector<ComparedRun>& runs, const std::vector<std::string>& by,
                                    const std::set<std::string>& chosen) {
  check_keys(runs, by);
  const auto seeds = seed_axes(runs);
  auto without_rest = seeds;
  without_rest.insert(chosen.begin(), chosen.end());
  without_rest.insert(by.begin(), by.end());
  const auto has = [&](const char* key) { return std::find(by.begin(), by.end(), key) != by.end(); };
  const bool labelled = has(by_configuration) || has(by_label);

  Alike alike;
  std::vector<std::vector<std::string>> known;  // of each run: its group's values, and its rest
  for (const auto& run : runs) {
    std::vector<std::string> values;
    for (const auto& key : by) values.push_back(value_of(run, key, seeds));
    values.push_back(labelled ? "" : rest_of(run, without_rest));
    alike[values].push_back(&run);
    known.push_back(std::move(values));
  }
  const auto hidden = hidden_keys(alike);

  std::vector<GroupedRuns> groups;
  std::map<std::vector<std::string>, std::size_t> place;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    auto values = std::move(known[i]);
    std::string rest = std::move(values.back());
    values.pop_back();
    const std::string more = hidden_of(runs[i], hidden);
    if (!has(by_configuration)) rest = both(rest, more);
    for (std::size_t key = 0; key < by.size(); ++key)
      if (by[key] == by_configuration) values[key] = both(values[key], more);
    const auto [at, is_new] = place.try_emplace(values, groups.size());
    if (is_new) groups.push_back({values, {}, {}});
    auto& group = groups[at->second];
    group.runs.push_back(&runs[i]);
    if (runs[i].state == "done") group.done[rest].push_back(&runs[i]);
  }
  return groups;
}

}  // namespace etude
