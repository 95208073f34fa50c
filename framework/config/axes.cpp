#include <algorithm>
#include <cctype>
#include <config/axes.hpp>
#include <config/families.hpp>
#include <config/merge.hpp>
#include <cstring>
#include <etude/error.hpp>
#include <set>

namespace etude {
namespace {

using Leaf = std::pair<std::string, Value>;  // "training.seed", 1

struct Point {
  std::string label;
  Table values;
};

struct Axis {
  std::string name;
  std::vector<Point> points;
  bool seeds = false;
};

void collect_leaves(const Table& table, const std::string& path, std::vector<Leaf>& leaves) {
  for (const Entry& entry : table) {
    const std::string key = path.empty() ? entry.key : path + "." + entry.key;
    if (const Table* inner = entry.value.get_if<Table>())
      collect_leaves(*inner, key, leaves);
    else
      leaves.emplace_back(key, entry.value);
  }
}

std::string as_label_part(std::string word) {
  std::replace_if(
      word.begin(), word.end(), [](unsigned char c) { return !std::isalnum(c) && !std::strchr("._+-", c); }, '-');
  const auto first = word.find_first_not_of("-");
  const auto last = word.find_last_not_of("-");
  return first == std::string::npos ? "" : word.substr(first, last - first + 1);
}

/// "seed-1" from {training.seed = 1}; values that are the same in all points say nothing and are left out.
std::string default_label(const Table& values, const std::vector<std::vector<Leaf>>& all) {
  std::vector<Leaf> leaves;
  collect_leaves(values, "", leaves);
  std::string label;
  for (const Leaf& leaf : leaves) {
    const bool everywhere = all.size() > 1 && std::all_of(all.begin(), all.end(), [&](const auto& other) {
                              return std::find(other.begin(), other.end(), leaf) != other.end();
                            });
    if (everywhere) continue;
    const std::string key = leaf.first.substr(leaf.first.rfind('.') + 1);
    const auto* word = leaf.second.get_if<std::string>();
    const std::string value = as_label_part(word ? *word : leaf.second.toml());
    label += (label.empty() ? "" : "-") + (key == "plugin" ? value : key + "-" + value);
  }
  return label;
}

/// What names or surrounds the whole study cannot differ between its runs.
void require_run_values(const Table& point, const std::string& axis) {
  for (const Entry& entry : point)
    for (const char* fixed : {"name", "plugins", "study", "extends"})
      if (entry.key == fixed) throw usage_error(text(entry.key_origin.text(), ": study.axes.", axis, " cannot vary ", fixed));
}

const Value& require_label(const Value& label) {
  const auto* word = label.get_if<std::string>();
  if (!word || !safe_as_file_name(*word))
    throw usage_error(text(label.origin().text(), ": label ", label.toml(), " cannot be part of a folder's name"),
                      "use letters, digits and . _ + - (not first), at most 100");
  return label;
}

/// True if the points differ in nothing but what is drawn.
bool only_seeds_differ(const std::vector<Point>& points) {
  std::vector<std::vector<Leaf>> others;
  for (const Point& point : points) {
    std::vector<Leaf> leaves;
    collect_leaves(point.values, "", leaves);
    if (std::erase_if(leaves, [](const Leaf& leaf) { return leaf.first.starts_with("training.seeds."); }) == 0) return false;
    others.push_back(std::move(leaves));
  }
  return std::equal(others.begin() + 1, others.end(), others.begin());
}

Axis read_axis(const std::string& name, const Value& value) {
  const Array* given = value.get_if<Array>();
  const bool tables = given && !given->empty() && std::all_of(given->begin(), given->end(), [](const Value& point) {
                        return point.get_if<Table>() != nullptr;
                      });
  if (!tables)
    throw usage_error(
        text(value.origin().text(), ": study.axes.", name, " must be a list of tables, one for each value of the axis"),
        text("for example axes.", name, " = [ { training.seed = 1 }, { training.seed = 2 } ]"));
  const Array array = expand_families(*given, "study.axes." + name);
  std::vector<std::vector<Leaf>> leaves(array.size());
  for (std::size_t i = 0; i < array.size(); ++i) collect_leaves(*array[i].get_if<Table>(), "", leaves[i]);

  Axis axis{name, {}};
  for (const Value& element : array) {
    Point point{"", *element.get_if<Table>()};
    if (const Value* label = point.values.find("label")) {
      point.label = *require_label(*label).get_if<std::string>();
      point.values.erase("label");
    } else {
      point.label = default_label(point.values, leaves);
    }
    const bool repeated =
        std::any_of(axis.points.begin(), axis.points.end(), [&](const Point& p) { return p.label == point.label; });
    if (repeated || !safe_as_file_name(point.label))
      throw usage_error(text(element.origin().text(), ": ", repeated ? "two points" : "a point", " of study.axes.", name,
                             repeated ? text(" have the label ", point.label) : " cannot be named after its values"),
                        "give each point a label of its own: { label = \"...\", ... }");
    require_run_values(point.values, name);
    expand_seed(point.values);
    axis.points.push_back(std::move(point));
  }
  axis.seeds = only_seeds_differ(axis.points);
  return axis;
}

std::vector<Axis> read_axes(const Table& merged) {
  std::vector<Axis> axes;
  const Value* study = merged.find("study");
  const Table* table = study ? study->get_if<Table>() : nullptr;
  if (study && !table) throw usage_error(study->origin().text() + ": study must be a table: [study]");
  const Value* value = table ? table->find("axes") : nullptr;
  if (!value) return axes;
  const Table* named = value->get_if<Table>();
  if (!named) throw usage_error(value->origin().text() + ": study.axes must be a table: axes.seed = [ ... ]");
  for (const Entry& entry : *named) axes.push_back(read_axis(entry.key, entry.value));
  return axes;
}

void require_unique_labels(const std::vector<VariantTable>& variants) {
  std::set<std::string> labels;
  for (const auto& variant : variants)
    if (!labels.insert(variant.label).second)
      throw usage_error(text("two runs of the study have the label ", variant.label), "give the points of its axes other labels");
}

}  // namespace

bool safe_as_file_name(const std::string& label) {
  const auto allowed = [](unsigned char c) { return std::isalnum(c) || std::strchr("._+-", c); };
  return !label.empty() && label.size() <= 100 && label[0] != '.' && label[0] != '-' && label.find('\0') == std::string::npos &&
         std::all_of(label.begin(), label.end(), allowed);
}

std::vector<StudyAxis> study_axes(const Table& merged) {
  std::vector<StudyAxis> result;
  for (const Axis& axis : read_axes(merged)) {
    result.push_back({axis.name, {}, axis.seeds});
    for (const Point& point : axis.points) result.back().labels.push_back(point.label);
  }
  return result;
}

std::vector<VariantTable> expand_axes(const Table& merged, const Table& overrides, const std::string& name) {
  Table shared = merged;
  shared.erase("study");
  std::vector<VariantTable> variants{{"", {}, std::move(shared)}};
  const std::vector<Axis> axes = read_axes(merged);
  for (const Axis& axis : axes) {
    std::vector<VariantTable> product;
    for (const VariantTable& variant : variants)
      for (const Point& point : axis.points) {
        VariantTable next = variant;
        next.label += (next.label.empty() ? "" : "_") + point.label;
        next.axes.emplace_back(axis.name, point.label);
        merge(next.values, point.values);
        product.push_back(std::move(next));
      }
    variants = std::move(product);
  }
  Table last = overrides;
  last.erase("study");
  for (VariantTable& variant : variants) {
    merge(variant.values, last);
    if (axes.empty()) variant.label = name;
  }
  require_unique_labels(variants);
  return variants;
}

}  // namespace etude
