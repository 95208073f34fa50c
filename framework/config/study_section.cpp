#include <algorithm>
#include <base/words.hpp>
#include <config/axes.hpp>
#include <config/canonical.hpp>
#include <config/known.hpp>
#include <config/study_section.hpp>
#include <etude/error.hpp>
#include <map>

namespace etude {
namespace {

const std::vector<std::string> kLosses = {"validation_loss", "bits_per_character"};
const std::vector<std::string> kEnds = {"fit", "report"};

std::vector<std::string> names_of(const std::vector<StudyAxis>& axes) {
  std::vector<std::string> names;
  for (const StudyAxis& axis : axes) names.push_back(axis.name);
  return names;
}

class SectionReader {
 public:
  SectionReader(Study& study, std::vector<Problem>& problems) : study_(study), problems_(problems) {}

  void read(const Table& section) {
    check_keys(section, {"axes", "select", "finish"}, "study", problems_);
    if (const Value* select = section.find("select")) read_selections(*select);
    if (const Value* finish = section.find("finish")) read_finish(*finish);
  }

 private:
  void note(const Origin& origin, const std::string& message, const std::string& remedy) {
    problems_.push_back({origin, message, remedy});
  }

  const StudyAxis* axis(const Entry& entry, const std::string& path) {
    const auto found =
        std::find_if(study_.axes.begin(), study_.axes.end(), [&](const StudyAxis& axis) { return axis.name == entry.key; });
    if (found != study_.axes.end()) return &*found;
    note(entry.key_origin, text(path, ".", entry.key, ": the study has no axis ", entry.key),
         study_.axes.empty() ? "add it: study.axes." + entry.key + " = [ ... ]"
                             : nearest_or_all(entry.key, names_of(study_.axes)));
    return nullptr;
  }

  void read_selections(const Value& select) {
    const Table* table = select.get_if<Table>();
    if (!table) {
      note(select.origin(), text("study.select must be a table of axes, not ", select.toml()),
           "for example select.rate = \"validation_loss\"");
      return;
    }
    for (const Entry& entry : *table) {
      const StudyAxis* selected = axis(entry, "study.select");
      if (selected && selected->seeds)
        note(entry.key_origin, text("study.select.", entry.key, " would choose the luckiest seed"),
             "losses are means over the seeds; select another axis");
      else if (selected)
        read_selection(entry, *table);
    }
  }

  void read_selection(const Entry& entry, const Table& all) {
    const std::string path = "study.select." + entry.key;
    Selection selection;
    selection.axis = entry.key;
    selection.origin = entry.key_origin;
    const Table* table = entry.value.get_if<Table>();
    const Value* by = table ? table->find("by") : &entry.value;
    if (table) check_keys(*table, {"by", "at"}, path, problems_);
    if (by) {
      const auto* loss = by->get_if<std::string>();
      if (loss && std::find(kLosses.begin(), kLosses.end(), *loss) != kLosses.end())
        selection.by = *loss;
      else
        note(by->origin(), text(path, " cannot choose by ", by->toml()),
             text(loss ? nearest_or_all(*loss, kLosses) : "known here: " + joined(kLosses),
                  "; the metrics of the test split are for the end, not for choosing"));
    }
    if (const Value* at = table ? table->find("at") : nullptr) read_at(*at, path + ".at", all, selection);
    study_.selections.push_back(std::move(selection));
  }

  void read_at(const Value& at, const std::string& path, const Table& selections, Selection& selection) {
    const Table* table = at.get_if<Table>();
    if (!table || table->empty()) {
      note(at.origin(), text(path, " must name axes and their labels, not ", at.toml()),
           "for example at = { seed = \"seed-1\" }");
      return;
    }
    for (const Entry& entry : *table) {
      const StudyAxis* where = axis(entry, path);
      if (!where) continue;
      if (selections.contains(entry.key)) {
        note(entry.key_origin, text(path, ".", entry.key, ": the axis ", entry.key, " is selected itself"),
             "a point can be tried only where the other points are fixed; name another axis");
        continue;
      }
      const auto* label = entry.value.get_if<std::string>();
      if (label && std::find(where->labels.begin(), where->labels.end(), *label) != where->labels.end())
        selection.at.emplace_back(entry.key, *label);
      else
        note(entry.value.origin(), text(path, ".", entry.key, ": ", entry.value.toml(), " is no label of the axis ", entry.key),
             label ? nearest_or_all(*label, where->labels) : "known here: " + joined(where->labels));
    }
  }

  void read_finish(const Value& finish) {
    const Array* array = finish.get_if<Array>();
    if (!array) {
      note(finish.origin(), text("study.finish must be a list, not ", finish.toml()),
           "for example finish = [\"fit\", \"report\"]");
      return;
    }
    for (const Value& value : *array) {
      const auto* end = value.get_if<std::string>();
      if (!end || std::find(kEnds.begin(), kEnds.end(), *end) == kEnds.end())
        note(value.origin(), text("study.finish cannot do ", value.toml()), "known here: " + joined(kEnds));
      else if (std::find(study_.finish.begin(), study_.finish.end(), *end) != study_.finish.end())
        note(value.origin(), text("study.finish says ", *end, " twice"), "leave one out");
      else
        study_.finish.push_back(*end);
    }
  }

  Study& study_;
  std::vector<Problem>& problems_;
};

/// What a loss is a loss of: the documents, and the tokens that they are written in.
struct Measured {
  std::string documents, tokens;

  explicit Measured(const Table& resolved) : tokens(canonical_json(*resolved.find("tokenizer"))) {
    for (const char* section : {"dataset", "filter", "duplicates", "split"}) documents += canonical_json(*resolved.find(section));
  }
};

/// Notes the first two points of the selected axis that cannot be compared.
void check_selection(const Study& study, const Selection& selection, std::vector<Problem>& problems) {
  std::map<std::string, Measured> first;  // of the runs that differ in this axis alone, by their other labels
  for (const Variant& variant : study.variants) {
    std::string others;
    for (const auto& [axis, label] : variant.axes)
      if (axis != selection.axis) others += label + ' ';
    const Measured measured(variant.experiment.resolved);
    const Measured& other = first.emplace(others, measured).first->second;
    const bool same_documents = measured.documents == other.documents;
    if (same_documents && (measured.tokens == other.tokens || selection.by == "bits_per_character")) continue;
    problems.push_back({selection.origin,
                        text("study.select.", selection.axis, " compares losses of different ",
                             same_documents ? "tokens" : "documents, which say nothing about which is better"),
                        same_documents ? "choose by = \"bits_per_character\"" : "let this axis vary something else"});
    return;
  }
}

}  // namespace

void read_study_section(const Table& merged, Study& study, std::vector<Problem>& problems) {
  study.axes = study_axes(merged);
  const Value* section = merged.find("study");
  if (const Table* table = section ? section->get_if<Table>() : nullptr) SectionReader(study, problems).read(*table);
}

void check_selections(const Study& study, std::vector<Problem>& problems) {
  for (const Selection& selection : study.selections) check_selection(study, selection, problems);
}

}  // namespace etude
