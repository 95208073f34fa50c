#include <algorithm>
#include <base/table.hpp>
#include <cli/check_values.hpp>
#include <map>
#include <set>

namespace etude {
namespace {

/// A value of an experiment by its full path.
struct Leaf {
  std::string path;
  Value value;
};

void collect(const Value& value, const std::string& path, std::vector<Leaf>& leaves) {
  if (const Table* table = value.get_if<Table>()) {
    for (const Entry& entry : *table) collect(entry.value, path.empty() ? entry.key : path + "." + entry.key, leaves);
    return;
  }
  const Array* array = value.get_if<Array>();
  if (array && !array->empty() && array->front().get_if<Table>()) {
    for (std::size_t i = 0; i < array->size(); ++i) collect((*array)[i], text(path, "[", i, "]"), leaves);
    return;
  }
  leaves.push_back({path, value});
}

/// What each run says, and what some of them say together.
class ValueTable {
 public:
  ValueTable(const Study& study, bool all) : study_(study), all_(all) {
    for (const Variant& variant : study.variants) {
      runs_.emplace_back();
      collect(Value(variant.experiment.resolved), "", runs_.back());
      texts_.emplace_back();
      for (const Leaf& leaf : runs_.back()) texts_.back()[leaf.path] = leaf.value.toml();
    }
  }

  std::string text() {
    std::string out = block("", every_run(), 2);
    // An axis by itself would only repeat what its runs say.
    if (study_.axes.size() > 1)
      for (const StudyAxis& axis : study_.axes)
        for (const std::string& label : axis.labels) out += block(axis.name + " " + label, runs_of(axis.name, label), 4);
    for (std::size_t i = 0; i < runs_.size() && runs_.size() > 1; ++i) out += block(study_.variants[i].label, {i}, 4);
    return out;
  }

 private:
  std::vector<std::size_t> every_run() const {
    std::vector<std::size_t> runs;
    for (std::size_t i = 0; i < runs_.size(); ++i) runs.push_back(i);
    return runs;
  }

  std::vector<std::size_t> runs_of(const std::string& axis, const std::string& label) const {
    std::vector<std::size_t> runs;
    for (std::size_t i = 0; i < runs_.size(); ++i)
      for (const auto& [name, point] : study_.variants[i].axes)
        if (name == axis && point == label) runs.push_back(i);
    return runs;
  }

  /// What all of `runs` say and no larger set of runs has said: said once, a value of a run is not said again.
  std::string block(const std::string& title, const std::vector<std::size_t>& runs, std::size_t indent) {
    TextTable table;
    for (const Leaf& leaf : runs_[runs.front()]) {
      const std::string& value = texts_[runs.front()][leaf.path];
      const bool shown = all_ || leaf.value.origin().source != Origin{}.source;
      const bool common = std::all_of(runs.begin(), runs.end(), [&](std::size_t run) {
        const auto other = texts_[run].find(leaf.path);
        return other != texts_[run].end() && other->second == value;
      });
      const bool is_new = std::any_of(runs.begin(), runs.end(), [&](std::size_t run) {
        return !said_.contains({run, leaf.path});
      });
      if (!shown || !common || !is_new) continue;
      table.add({leaf.path, value, leaf.value.origin().text()});
      for (const std::size_t run : runs) said_.insert({run, leaf.path});
    }
    if (title.empty()) return table.text(indent);
    return table.empty() ? "" : "  " + title + "\n" + table.text(indent);
  }

  const Study& study_;
  bool all_;
  std::vector<std::vector<Leaf>> runs_;
  std::vector<std::map<std::string, std::string>> texts_;  ///< of each run: path and value
  std::set<std::pair<std::size_t, std::string>> said_;
};

}  // namespace

std::string values_text(const Study& study, bool all) {
  return text("\nvalues", all ? "" : " (defaults are left out; --values shows them)", "\n", ValueTable(study, all).text());
}

}  // namespace etude
